import type { Spike } from '../../../shared/domain/spike.ts'
import type { TrafficCell } from './evidence-data.ts'
import { groupBy } from './group-by.ts'
import { clamp, logMean } from './log-math.ts'
import { total } from './total.ts'

const MINUTE_MS = 60_000
const BEFORE_MS = 5 * MINUTE_MS
const AFTER_MS = 20 * MINUTE_MS
/** Whatever ends the errors may lower them this long before. */
const ENDING_MS = 2 * MINUTE_MS
const LENGTH_MIN_MS = 3 * MINUTE_MS
const ERRORS_MIN = 20
/** What climbs takes one of these times to its full height… */
const CLIMBS_MS = [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS, 15 * MINUTE_MS]
/** …and has done one of these parts of it when it is noticed. */
const NOTICED_AT = [0, 0.15, 0.35]
/** A broken thing is not steady: from cell to cell its rate varies by a fifth. */
const UNSTEADY = 0.2 ** 2
const RATE_MIN = 1e-6
const LOG_ODDS_MAX = 5

/** What is known of one cell's time. */
export interface Moment {
  readonly atMs: number
  readonly requests: number
  readonly errors: number
}

/** ln of the chance that the errors fall on their moments as they did, when what is added goes as `shape`, 0–1. */
export function fitCourse<Known extends Moment>(
  moments: readonly Known[],
  normal: number,
  shape: (moment: Known) => number,
): number {
  const errors = total(moments, 'errors')
  const exposed = moments.reduce((sum, moment) => sum + moment.requests * shape(moment), 0)
  const added = Math.max(errors - normal * total(moments, 'requests'), 0) / Math.max(exposed, 1e-9)
  const weights = moments.map((moment) => moment.requests * (normal + added * shape(moment)))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const fit = moments.reduce((sum, moment, i) => {
    return moment.errors === 0 ? sum : sum + moment.errors * Math.log((weights[i] ?? 0) / whole)
  }, 0)
  return fit / (1 + (errors / moments.length) * UNSTEADY)
}

/**
 * ln of how much better a climb over minutes explains when the errors came than their being up at once does; 0 where too
 * few came. `cells`: of what the incident is about.
 */
export function weighClimb(spike: Spike, cells: readonly TrafficCell[], endAtMs: number): number {
  const { onsetAtMs, onsetGuesses } = spike
  const toMs = Math.min(onsetAtMs + AFTER_MS, Math.max(endAtMs - ENDING_MS, onsetAtMs + LENGTH_MIN_MS))
  const near = cells.filter(({ startMs }) => startMs >= onsetAtMs - BEFORE_MS && startMs < toMs)
  const moments = [...groupBy(near, ({ startMs }) => startMs)].map(([atMs, ofCell]) => {
    return { atMs, requests: total(ofCell, 'requests'), errors: total(ofCell, 'errors') }
  })
  if (total(moments, 'errors') < ERRORS_MIN) return 0
  const score = (shape: (atMs: number) => number): number =>
    fitCourse(moments, Math.max(spike.baselineRate, RATE_MIN), ({ atMs }) => shape(atMs))
  const guesses = onsetGuesses.length > 0 ? onsetGuesses : [{ atMs: onsetAtMs, weight: 1 }]
  const best = guesses.toSorted((a, b) => b.weight - a.weight).slice(0, 5)
  const atOnce = logMean(best.map((guess) => score((atMs) => (atMs === guess.atMs ? 0.5 : Number(atMs > guess.atMs)))))
  const climbing = CLIMBS_MS.flatMap((lengthMs) =>
    NOTICED_AT.map((part) => score((atMs) => clamp((atMs - onsetAtMs) / lengthMs + part, 0, 1))),
  )
  return clamp(logMean(climbing) - atOnce, -LOG_ODDS_MAX, LOG_ODDS_MAX)
}
