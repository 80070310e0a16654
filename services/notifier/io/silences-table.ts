import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import type { Silence } from '../core/silence.ts'

const nullIfEmpty = z.string().transform((text) => (text === '' ? null : text))
const silenceRow = z
  .object({
    id: z.string(),
    author: nullIfEmpty,
    note: nullIfEmpty,
    env: nullIfEmpty,
    service: nullIfEmpty,
    incident_id: nullIfEmpty,
    starts_ms: z.coerce.number(),
    ends_ms: z.coerce.number(),
  })
  .transform(
    ({ incident_id, starts_ms, ends_ms, ...silence }): Silence => ({
      ...silence,
      incidentId: incident_id,
      startsAtMs: starts_ms,
      endsAtMs: ends_ms,
    }),
  )

const SILENCES_MAX = 10_000

/** The silences that end after `nowMs`. */
export async function readSilences(store: Pick<Store, 'query'>, nowMs: number): Promise<Silence[]> {
  return store.query(
    silenceRow,
    `SELECT id, author, note, env, service, incident_id, toUnixTimestamp64Milli(starts_at) AS starts_ms,
       toUnixTimestamp64Milli(ends_at) AS ends_ms
     FROM silences FINAL WHERE ends_at > fromUnixTimestamp64Milli({now:Int64}, 'UTC') ORDER BY starts_at LIMIT ${SILENCES_MAX}`,
    { now: Math.floor(nowMs) },
  )
}

/** Stores the newest word on each; `nowMs` tells the newer of two words. */
export async function storeSilences(
  store: Pick<Store, 'insertRows'>,
  silences: readonly Silence[],
  nowMs: number,
): Promise<void> {
  if (silences.length === 0) return
  const rows = silences.map(({ id, author, note, env, service, incidentId, startsAtMs, endsAtMs }) => ({
    id,
    author: author ?? '',
    note: note ?? '',
    env: env ?? '',
    service: service ?? '',
    incident_id: incidentId ?? '',
    starts_at: new Date(startsAtMs).toISOString(),
    ends_at: new Date(endsAtMs).toISOString(),
    updated_at: new Date(nowMs).toISOString(),
  }))
  await store.insertRows('silences', rows, randomUUID())
}
