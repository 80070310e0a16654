import { z } from 'zod'
import { CLIENT_ERRORS } from '../../../shared/domain/status-range.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { StatusMinute } from '../core/client-errors.ts'
import { ALL, partParameters } from './part.ts'
import { ALL_MINUTES, type MinuteOf, minutesOf, WITHIN } from './read-durations.ts'

/** The engine hands a result over whole: a day at a time. */
const PAGE_MINUTES = 1_440

const statusRow = z.object({
  minute: z.number(),
  env: z.string(),
  service: z.string(),
  total: z.number(),
  counted: z.array(z.number()),
})

const COUNTED = CLIENT_ERRORS.map(({ from, to }) => `toFloat64(sumIf(requests, status BETWEEN ${from} AND ${to}))`)
const STATUSES = `SELECT toUInt32(intDiv(toUnixTimestamp(cell_start), 60)) AS minute, env, service,
    toFloat64(sum(requests)) AS total, [${COUNTED.join(', ')}] AS counted
  FROM service_cells_1m WHERE ${WITHIN} GROUP BY minute, env, service ORDER BY minute, env, service`

/** Client errors of the range and the share, minute by minute in time order; minutes without requests are left out. */
export async function* readStatuses(
  store: Pick<Store, 'query'>,
  range = ALL_MINUTES,
  share = ALL,
): AsyncGenerator<MinuteOf<StatusMinute>> {
  const given = { from: Math.floor(range.from) * 60, to: Math.floor(range.to) * 60 }
  const [span] = await store.query(
    z.object({ first: z.number(), last: z.number() }),
    `SELECT toUnixTimestamp(min(cell_start)) AS first, toUnixTimestamp(max(cell_start)) AS last
     FROM service_cells_1m WHERE ${WITHIN}`,
    { ...given, ...partParameters(share) },
  )
  if (span === undefined || span.last === 0) return
  for (let from = span.first; from <= span.last; from += PAGE_MINUTES * 60) {
    const to = Math.min(from + PAGE_MINUTES * 60, given.to)
    const rows = await store.query(statusRow, STATUSES, { from, to, ...partParameters(share) })
    yield* minutesOf(
      rows.map(({ total: requests, counted: clientErrors, ...of }) => ({ ...of, requests, clientErrors })),
    )
  }
}
