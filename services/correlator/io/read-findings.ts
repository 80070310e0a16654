import { z } from 'zod'
import type { Change } from '../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { type Feedback, feedbackSchema } from '../../../shared/domain/command.ts'
import type { EnvAliases } from '../../../shared/domain/env-aliases.ts'
import { type IncidentDocument, incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { spikeSchema } from '../../../shared/domain/spike-wire.ts'
import type { Store } from '../../../shared/store/store.ts'
import { DELETED } from './write-findings.ts'

/** What an earlier run found, newest word on each; only what is still open or moved since `sinceMs`. */
export async function readFindings(
  store: Pick<Store, 'query'>,
  { sinceMs, changesSinceMs, around, envAliases, blameAt }: FindingsRequest,
): Promise<{
  spikes: Spike[]
  changes: readonly Change[]
  deletedChangeIds: string[]
  feedback: Feedback[]
  incidents: IncidentDocument[]
  blamedBefore: string[]
}> {
  const since = { since: Math.floor(sinceMs) }
  const recent = "updated_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
  const spikes = await store.query(
    documentOf(spikeSchema),
    `SELECT document FROM spikes FINAL WHERE ${recent} ORDER BY detected_at LIMIT ${FINDINGS_MAX}`,
    since,
  )
  const incidents = await store.query(
    documentOf(incidentDocumentSchema),
    `SELECT document FROM incidents FINAL WHERE ${recent} OR resolved_at IS NULL ORDER BY started_at LIMIT ${FINDINGS_MAX}`,
    since,
  )
  const { reports, deletedChangeIds } = await readChanges(store, { changesSinceMs, ...(around && { around }) })
  const feedback = await store.query(
    documentOf(feedbackSchema),
    `SELECT document FROM feedback FINAL ORDER BY updated_at DESC LIMIT ${FINDINGS_MAX}`,
  )
  const blamed = await store.query(
    z.object({ id: z.string() }),
    `SELECT DISTINCT JSONExtractString(arrayJoin(JSONExtractArrayRaw(document, 'suspects')) AS suspect, 'change_id') AS id
     FROM incidents FINAL
     WHERE resolved_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
       AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
       AND JSONExtractFloat(suspect, 'probability') >= {blameAt:Float64} LIMIT ${FINDINGS_MAX}`,
    { since: Math.floor(changesSinceMs), until: Math.floor(sinceMs), blameAt },
  )
  const blamedBefore = blamed.map(({ id }) => id)
  return {
    spikes,
    changes: mergeReports(reports, envAliases),
    deletedChangeIds,
    feedback,
    incidents,
    blamedBefore,
  }
}

interface ChangesRequest {
  readonly changesSinceMs: number
  /** Only of services that something changed on within it: how changes like those fared, and what was undone within a day. */
  readonly around?: { readonly fromMs: number; readonly toMs: number }
}

const changeRow = z.object({ id: z.string(), deleted: z.number(), document: z.string() })

async function readChanges(store: Pick<Store, 'query'>, { changesSinceMs, around }: ChangesRequest) {
  const near =
    "coalesce(finished_at, ts) >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')"
  const rows = await store.query(
    changeRow,
    `SELECT id, status = {deletedStatus:String} AS deleted, if(deleted, '', document) AS document FROM changes FINAL
     WHERE ts >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') ${
       around === undefined
         ? ''
         : `AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC') + INTERVAL 1 DAY AND service IN (SELECT service FROM changes FINAL WHERE ${near})`
     }
     ORDER BY ts LIMIT ${FINDINGS_MAX}`,
    {
      ...{ since: Math.floor(changesSinceMs), deletedStatus: DELETED },
      ...(around && { from: Math.floor(around.fromMs), to: Math.floor(around.toMs) }),
    },
  )
  return {
    reports: rows.flatMap(({ deleted, document }) =>
      deleted === 1 ? [] : [changeReportSchema.parse(JSON.parse(document))],
    ),
    deletedChangeIds: rows.flatMap(({ id, deleted }) => (deleted === 1 ? [id] : [])),
  }
}

interface FindingsRequest extends ChangesRequest {
  readonly sinceMs: number
  readonly envAliases: EnvAliases
  /** From this probability on a suspect of an earlier incident counts as blamed. */
  readonly blameAt: number
}

const FINDINGS_MAX = 50_000

function documentOf<Value>(schema: z.ZodType<Value>) {
  return z.object({ document: z.string() }).transform(({ document }) => schema.parse(JSON.parse(document)))
}
