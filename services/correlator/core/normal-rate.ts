import type { Spike } from '../../../shared/domain/spike.ts'
import type { ScopeMinute } from './evidence-data.ts'
import { groupBy } from './group-by.ts'
import { total } from './total.ts'

const MINUTE_MS = 60_000
/** So long at a time is looked at: an earlier incident spoils some of them, not most. */
const SPAN_MS = 10 * MINUTE_MS
/** Errors just before the onset may already belong to it. */
const MARGIN_MS = 2 * MINUTE_MS
const RATE_MIN = 1e-6

/**
 * Share of the requests that an incident is about which failed before it: what the detector took for normal, or the median of
 * ten minutes at a time where that is more. The routes that fail now may have failed more than their service all along.
 */
export function findNormalRate(spike: Spike, minutes: readonly ScopeMinute[]): number {
  const before = minutes.filter(({ startMs }) => startMs + MARGIN_MS < spike.onsetAtMs)
  const rates = [...groupBy(before, ({ startMs }) => Math.floor(startMs / SPAN_MS)).values()]
    .map((span) => total(span, 'errors') / Math.max(total(span, 'requests'), 1))
    .toSorted((a, b) => a - b)
  return Math.max(rates[Math.floor(rates.length / 2)] ?? 0, spike.baselineRate, RATE_MIN)
}
