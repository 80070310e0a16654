import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type ChangeReport, changeReportSchema } from '../../../shared/domain/change-report.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import type { Store } from '../../../shared/store/store.ts'
import { NOTICE_REASONS, type Notice } from '../core/notice.ts'
import { REFUSED_BECAUSE, ROLLBACK_OUTCOMES, type RollbackAttempt } from '../core/rollback-attempt.ts'

const toldSchema = z.object({
  count: z.number(),
  atMs: z.number(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  severity: z.enum(['critical', 'major', 'minor']),
  rate: z.number(),
  suspectId: z.string().nullable(),
  undoId: z.string().nullable(),
  rollback: z.string().nullable().default(null),
  isRefuted: z.boolean(),
  isMerged: z.boolean(),
  recoveries: z.number(),
})

const documentSchema = z.object({
  text: z.string(),
  told: toldSchema,
  receipt: z.record(z.string(), z.string()).nullable(),
})

const timeMs = z.string().transform((text) => Date.parse(`${text.replace(' ', 'T')}Z`))

const noticeRow = z
  .object({
    id: z.string(),
    incident_id: z.string(),
    target: z.string(),
    reason: z.enum(NOTICE_REASONS),
    state: z.enum(['due', 'sent', 'dropped']),
    created_at: timeMs,
    sent_at: timeMs.nullable(),
    document: z.string(),
  })
  .transform((row): Notice => {
    const { text, told, receipt } = documentSchema.parse(JSON.parse(row.document))
    return {
      id: row.id,
      incidentId: row.incident_id,
      target: row.target,
      reason: row.reason,
      text,
      state: row.state,
      createdAtMs: row.created_at,
      sentAtMs: row.sent_at,
      told,
      receipt,
    }
  })

/** Rollbacks stand among the notices: they are what we said to a machine, one an incident. */
const ROLLBACK = 'rollback'
/** More than were told in any week; beyond it the oldest conversations are forgotten. */
const NOTICES_MAX = 20_000
const INCIDENTS_MAX = 5_000
const SINCE = "fromUnixTimestamp64Milli({since:Int64}, 'UTC')"

/** What was said since, or is still to be sent, oldest first; and the newest word on the incidents that are still open or were since. */
export async function readNotices(store: Pick<Store, 'query'>, sinceMs: number) {
  const since = { since: Math.floor(sinceMs) }
  const notices = await store.query(
    noticeRow,
    `SELECT id, incident_id, target, reason, state, toString(created_at) AS created_at, toString(sent_at) AS sent_at, document
     FROM notices FINAL WHERE target != '${ROLLBACK}' AND (notices.created_at >= ${SINCE} OR state = 'due')
     ORDER BY notices.created_at DESC, id LIMIT ${NOTICES_MAX}`,
    since,
  )
  const incidents = await store.query(
    z.object({ document: z.string() }).transform(({ document }) => incidentDocumentSchema.parse(JSON.parse(document))),
    `SELECT document FROM incidents FINAL WHERE updated_at >= ${SINCE} OR resolved_at IS NULL
     ORDER BY started_at DESC LIMIT ${INCIDENTS_MAX}`,
    since,
  )
  return { notices: notices.toReversed(), incidents }
}

/** When the oldest notice that its channel has not taken yet came to be, epoch ms; undefined when none waits. */
export async function readOldestDue(store: Pick<Store, 'query'>): Promise<number | undefined> {
  const [row] = await store.query(
    z.object({ at: z.coerce.number(), waiting: z.coerce.number() }),
    "SELECT toUnixTimestamp64Milli(min(created_at)) AS at, count() AS waiting FROM notices FINAL WHERE state = 'due'",
  )
  return row === undefined || row.waiting === 0 ? undefined : row.at
}

/** The changes of the time, newest first. */
export function readChanges(store: Pick<Store, 'query'>, sinceMs: number): Promise<ChangeReport[]> {
  return store.query(
    z.object({ document: z.string() }).transform(({ document }) => changeReportSchema.parse(JSON.parse(document))),
    `SELECT document FROM changes FINAL WHERE ts >= ${SINCE} AND status != 'deleted' ORDER BY ts DESC LIMIT ${INCIDENTS_MAX}`,
    { since: Math.floor(sinceMs) },
  )
}

/** Stores the newest word on each notice; `nowMs` tells the newer of two words. */
export async function storeNotices(
  store: Pick<Store, 'insertRows'>,
  notices: readonly Notice[],
  nowMs: number,
): Promise<void> {
  if (notices.length === 0) return
  const rows = notices.map(({ id, incidentId, target, reason, state, createdAtMs, sentAtMs, text, told, receipt }) => ({
    id,
    incident_id: incidentId,
    target,
    reason,
    state,
    created_at: new Date(createdAtMs).toISOString(),
    sent_at: sentAtMs === null ? null : new Date(sentAtMs).toISOString(),
    document: JSON.stringify({ text, told, receipt }),
    updated_at: new Date(nowMs).toISOString(),
  }))
  await store.insertRows('notices', rows, randomUUID())
}

/** Stores the newest word on an incident's rollback; `nowMs` tells the newer of two words. */
export async function storeRollback(
  store: Pick<Store, 'insertRows'>,
  { incidentId, atMs, ...document }: RollbackAttempt,
  nowMs: number,
): Promise<void> {
  const at = new Date(atMs).toISOString()
  const row = {
    id: `${ROLLBACK}_${incidentId}`,
    incident_id: incidentId,
    target: ROLLBACK,
    reason: ROLLBACK,
    state: 'sent',
    created_at: at,
    sent_at: at,
    document: JSON.stringify(document),
    updated_at: new Date(nowMs).toISOString(),
  }
  await store.insertRows('notices', [row], randomUUID())
}

/** The first rows held the service alone. */
const attemptSchema = z.object({
  service: z.string(),
  changeId: z.string().default(''),
  by: z.string().nullable().default(null),
  outcome: z.enum(ROLLBACK_OUTCOMES).default('asked'),
  because: z.enum(REFUSED_BECAUSE).nullable().default(null),
})

/** The newest word on each rollback since. */
export async function readRollbacks(store: Pick<Store, 'query'>, sinceMs: number): Promise<RollbackAttempt[]> {
  const row = z
    .object({ incident_id: z.string(), at_ms: z.coerce.number(), document: z.string() })
    .transform(({ incident_id, at_ms, document }): RollbackAttempt => {
      return { incidentId: incident_id, atMs: at_ms, ...attemptSchema.parse(JSON.parse(document)) }
    })
  return store.query(
    row,
    `SELECT incident_id, toUnixTimestamp64Milli(notices.created_at) AS at_ms, document FROM notices FINAL
     WHERE target = '${ROLLBACK}' AND notices.created_at >= ${SINCE} ORDER BY at_ms LIMIT ${INCIDENTS_MAX}`,
    { since: Math.floor(sinceMs) },
  )
}
