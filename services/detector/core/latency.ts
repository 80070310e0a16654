// In: how long the requests of each service took, by the minute. Out: spikes of those that became slow. What is slow of a
// service follows from what it normally does; slow requests are then counted and judged as errors are, with a minute for a cell.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { type DurationCount, durationBucketEnd } from '../../../shared/domain/duration-buckets.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import { absorbMatured, baselineAt } from './baseline.ts'
import { addDurations, createDurations, type Durations, forgetDurations, mostWithinMs, slowAfter } from './durations.ts'
import type { Baseline, OpenSpike } from './open-spike.ts'
import { type AlarmLimits, findRise, isCalm } from './scan.ts'
import { addToCell, createSeries, errorsAt, requestsAt, type Series } from './series.ts'
import type { DetectorSettings } from './settings.ts'
import { closeSpike, openSpike, toSpike, updateSpike } from './spike-state.ts'
import { latencyThreshold } from './threshold.ts'

/** A minute is judged as the last of its cells; the others stay empty. */
export const MINUTE_CELLS = 60_000 / CELL_MS

/** One request in twenty more than usual must be slow, twenty of them, and twice as many as usual. */
const SLOW_LIMITS = { excessErrors: 20, uplift: 0.05, ratio: 2 }
/** Caches that are cold after a deploy: three minutes of slow requests, however many, mean nothing. */
const LASTING_MINUTES = 4
/** What is normal is known from a quarter of an hour and so many requests on; what came a day ago counts half. */
const KNOWN_MINUTES = 15
const KNOWN_REQUESTS = 500
const HALF_LIFE_MINUTES = 1_440
/** What counts as slow is looked at once an hour. */
const SETTLED_MINUTES = 60

/** Durations of one service in one minute. */
export interface ServiceMinute {
  readonly env: string
  readonly service: string
  readonly counts: readonly DurationCount[]
}

export interface LatencyDetector {
  /**
   * Judges one sealed minute (its number: epoch time / 60 s), each service once. Minutes come in order; one that is not newer
   * than the newest judged is left alone, so that twice is as good as once.
   */
  advance(minute: number, services: readonly ServiceMinute[]): void
  /** Every spike so far that was not let go of. */
  spikes(): Spike[]
  /** Lets go of the spikes that are over for good. */
  forgetClosed(): void
}

/** What is known of one service. */
interface Watched {
  /** Its requests by the minute and the slow among them. */
  series: Series
  readonly normal: Durations
  /** Since the spike opened. */
  during: Durations
  minutes: number
  requests: number
  /** The last bucket that is not slow; undefined while too little is known. */
  fastUntil: number | undefined
  settledMinute: number
}

/** A function of its settings and the minutes it was given: no clock, no I/O. */
export function createLatencyDetector(settings: DetectorSettings): LatencyDetector {
  const services = new Map<string, Watched>()
  const closed: Spike[] = []
  let newestMinute = Number.NEGATIVE_INFINITY

  function watch({ env, service }: ServiceMinute, cell: number): Watched {
    const name = `${env}\n${service}`
    const known = services.get(name)
    if (known !== undefined) return known
    const watched: Watched = {
      series: createSeries({ env, service, method: null, route: null }, undefined, cell),
      normal: createDurations(),
      during: createDurations(),
      minutes: 0,
      requests: 0,
      fastUntil: undefined,
      settledMinute: 0,
    }
    services.set(name, watched)
    return watched
  }

  return {
    advance(minute, given) {
      if (minute <= newestMinute) return
      newestMinute = minute
      const cell = (minute + 1) * MINUTE_CELLS - 1
      const judged = given
        .filter(({ service }) => isWatched(settings, service))
        .map((of) => ({ watched: watch(of, cell), counts: of.counts }))
      // The threshold asks how many are watched: all of this minute are, before the first is judged.
      const limits = alarmLimits(settings, services.size)
      for (const { watched, counts } of judged) {
        settleSlow(watched, { minute, cell, slowdown: settings.latency.slowdown })
        const over = judge(watched, { cell, counts, limits })
        if (over !== undefined) closed.push(over)
      }
    },
    spikes() {
      const open = [...services.values()].flatMap((watched) =>
        watched.series.spike === undefined ? [] : [toSlowSpike(watched, watched.series.spike)],
      )
      return [...closed, ...open]
    },
    forgetClosed() {
      closed.length = 0
    },
  }
}

function isWatched({ latency, services }: DetectorSettings, service: string): boolean {
  const own = services.get(service)
  return own?.enabled !== false && (own?.latency?.enabled ?? latency.enabled)
}

function alarmLimits({ falseAlarmsPerWeek }: DetectorSettings, watched: number): AlarmLimits {
  return { ...SLOW_LIMITS, nats: latencyThreshold(falseAlarmsPerWeek, watched) }
}

/** Decides what is slow, now and then. Where that moves, what was counted as slow before can't be gone on from. */
function settleSlow(
  watched: Watched,
  { minute, cell, slowdown }: { readonly minute: number; readonly cell: number; readonly slowdown: number },
): void {
  const { series, fastUntil, normal } = watched
  if (series.spike !== undefined || minute - watched.settledMinute < SETTLED_MINUTES) return
  if (watched.minutes < KNOWN_MINUTES || watched.requests < KNOWN_REQUESTS) return
  watched.settledMinute = minute
  watched.fastUntil = slowAfter(normal, slowdown)
  if (fastUntil !== watched.fastUntil) watched.series = createSeries(series.key, undefined, cell)
}

interface Minute {
  readonly cell: number
  readonly counts: readonly DurationCount[]
  readonly limits: AlarmLimits
}

/** Takes in one minute, and returns the spike that is over by it. */
function judge(watched: Watched, { cell, counts, limits }: Minute): Spike | undefined {
  const { series, fastUntil } = watched
  const requests = counts.reduce((sum, count) => sum + count.requests, 0)
  watched.minutes++
  watched.requests += requests
  if (fastUntil !== undefined) {
    absorbMatured(series, cell)
    const slow = counts.reduce((sum, count) => sum + (count.bucket > fastUntil ? count.requests : 0), 0)
    addToCell(series, cell, requests, slow)
    if (series.spike === undefined) openIfSlow(watched, cell, limits)
    else updateSpike(series, series.spike, cell)
  }
  if (series.spike === undefined) {
    forgetDurations(watched.normal, 0.5 ** (1 / HALF_LIFE_MINUTES))
    addDurations(watched.normal, counts)
    return undefined
  }
  const { spike } = series
  if (spike.resolvedCell === undefined) addDurations(watched.during, counts)
  if (closeSpike(series, cell) === undefined) return undefined
  const over = toSlowSpike(watched, spike)
  watched.during = createDurations()
  return over
}

function openIfSlow(watched: Watched, cell: number, limits: AlarmLimits): void {
  const { series } = watched
  if (isCalm(series, cell)) return
  const baseline = baselineAt(series, cell)
  const rise = findRise(series, cell, { baseline, limits })
  if (rise === undefined || !isLasting(series, cell, baseline)) return
  openSpike(series, { rise, baseline, logBegan: Number.NEGATIVE_INFINITY })
}

/** The newest minutes are slow, each of them: more requests than usual, by half as much as must be. */
function isLasting(series: Series, cell: number, { rate }: Baseline): boolean {
  for (let ago = 0; ago < LASTING_MINUTES; ago++) {
    const at = cell - ago * MINUTE_CELLS
    if (errorsAt(series, at) <= requestsAt(series, at) * (rate + SLOW_LIMITS.uplift / 2)) return false
  }
  return true
}

/** A minute's cell stands for all of it: whatever is said of one may lie anywhere in the minute that ends with it. */
const EARLIER_MS = 60_000 - CELL_MS
const PARTS_MS = [EARLIER_MS, EARLIER_MS - 2 * CELL_MS, EARLIER_MS - 4 * CELL_MS]

/** The spike as the rest of the product knows it: it began about the middle of its first slow minute. */
function toSlowSpike({ series, normal, fastUntil, during }: Watched, open: OpenSpike): Spike {
  const spike = toSpike(series.key, open)
  const guesses = spike.onsetGuesses.flatMap(({ atMs, weight }) =>
    PARTS_MS.map((earlierMs) => ({ atMs: atMs - earlierMs, weight: weight / PARTS_MS.length })),
  )
  return {
    ...spike,
    id: stableHash(JSON.stringify([spike.id, 'latency'])),
    signal: 'latency',
    onsetAtMs: spike.onsetAtMs - (PARTS_MS[1] ?? 0),
    onsetGuesses: guesses,
    resolvedAtMs: spike.resolvedAtMs === null ? null : spike.resolvedAtMs - EARLIER_MS,
    slowness: {
      slowerThanMs: durationBucketEnd(fastUntil ?? 0),
      normalP95Ms: mostWithinMs(normal),
      p95Ms: mostWithinMs(during),
    },
  }
}
