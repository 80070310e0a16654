import { logSumExp } from '../../../shared/domain/log-sum-exp.ts'
import type { OnsetGuess, Spike } from '../../../shared/domain/spike.ts'
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
const GUESSES_MAX = 5
/** What climbs takes one of these times to its full height… */
const CLIMBS_MS = [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS, 15 * MINUTE_MS]
/** …and has done one of these parts of it when it is noticed. */
const NOTICED_AT = [0, 0.1, 0.25, 0.4]
/** A broken thing is not steady: from cell to cell its rate varies by a fifth. */
const UNSTEADY = 0.2 ** 2
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

/** How the errors came up. */
export interface Course {
  /** That they climbed over minutes rather than being up at once, nats. */
  readonly climbLogOdds: number
  /** Where they began if they climbed: what rises slowly is noticed late. Weights sum to 1. */
  readonly climbStarts: readonly OnsetGuess[]
}

/** Compares a climb over minutes with errors that are up at once. `cells`: of what the incident is about. */
export function findCourse(
  spike: Spike,
  cells: readonly TrafficCell[],
  { normalRate, endAtMs }: { readonly normalRate: number; readonly endAtMs: number },
): Course {
  const { onsetAtMs, onsetGuesses } = spike
  const toMs = Math.min(onsetAtMs + AFTER_MS, Math.max(endAtMs - ENDING_MS, onsetAtMs + LENGTH_MIN_MS))
  const near = cells.filter(({ startMs }) => startMs >= onsetAtMs - BEFORE_MS && startMs < toMs)
  const moments = [...groupBy(near, ({ startMs }) => startMs)].map(([atMs, ofCell]) => {
    return { atMs, requests: total(ofCell, 'requests'), errors: total(ofCell, 'errors') }
  })
  const guesses = onsetGuesses.length > 0 ? onsetGuesses : [{ atMs: onsetAtMs, weight: 1 }]
  if (total(moments, 'errors') < ERRORS_MIN) return { climbLogOdds: 0, climbStarts: guesses }
  const score = (shape: (atMs: number) => number): number => fitCourse(moments, normalRate, ({ atMs }) => shape(atMs))
  const likely = guesses.toSorted((a, b) => b.weight - a.weight).slice(0, GUESSES_MAX)
  const atOnce = likely.map((guess) => score((atMs) => (atMs === guess.atMs ? 0.5 : Number(atMs > guess.atMs))))
  const climbs = CLIMBS_MS.flatMap((lengthMs) =>
    NOTICED_AT.map((part) => {
      const nats = score((atMs) => clamp((atMs - onsetAtMs) / lengthMs + part, 0, 1))
      return { atMs: onsetAtMs - part * lengthMs, nats }
    }),
  )
  const whole = logSumExp(climbs.map(({ nats }) => nats))
  const logOdds = whole - Math.log(climbs.length) - logMean(atOnce)
  return {
    climbLogOdds: clamp(logOdds, -LOG_ODDS_MAX, LOG_ODDS_MAX),
    climbStarts: climbs.map(({ atMs, nats }) => ({ atMs, weight: Math.exp(nats - whole) })),
  }
}
