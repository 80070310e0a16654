// In: how long the requests of each service took, by the minute. Out: spikes of those that became slow. What is slow of a
// service follows from what it normally does; slow requests are then counted and judged as errors are, with a minute for a cell.
import { type DurationCount, durationBucketEnd } from '../../../shared/domain/duration-buckets.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { addDurations, createDurations, type Durations, forgetDurations, mostWithinMs, slowAfter } from './durations.ts'
import { createMinuteDetector, type MinuteDetector, type MinuteState } from './minute-detector.ts'
import { cellOfMinute, judgeMinute, type MinuteLimits, toMinuteSpike } from './minute-share.ts'
import type { OpenSpike } from './open-spike.ts'
import { createSeries, type Series } from './series.ts'
import type { DetectorSettings } from './settings.ts'
import { latencyThreshold } from './threshold.ts'

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

export type LatencyDetector = MinuteDetector<ServiceMinute, Watched>
export type LatencyState = MinuteState<Watched>

/** It goes on from `state`, which it changes. */
export function createLatencyDetector(settings: DetectorSettings, state?: LatencyState): LatencyDetector {
  return createMinuteDetector(
    {
      isWatched: (service) => isWatched(settings, service),
      watch: ({ env, service }, minute): Watched => ({
        series: createSeries({ env, service, method: null, route: null }, undefined, cellOfMinute(minute)),
        normal: createDurations(),
        during: createDurations(),
        minutes: 0,
        requests: 0,
        fastUntil: undefined,
        settledMinute: 0,
      }),
      judge(watched, { counts }, { minute, watchedCount }) {
        settleSlow(watched, minute, settings.latency.slowdown)
        return judge(watched, { minute, counts, limits: limitsOf(settings, watchedCount) })
      },
      seriesOf: ({ series }) => [series],
      openSpikes: (watched) => (watched.series.spike === undefined ? [] : [toSlowSpike(watched, watched.series.spike)]),
    },
    state,
  )
}

function isWatched({ latency, services }: DetectorSettings, service: string): boolean {
  const own = services.get(service)
  return own?.enabled !== false && (own?.latency?.enabled ?? latency.enabled)
}

function limitsOf({ falseAlarmsPerWeek }: DetectorSettings, watched: number): MinuteLimits {
  return { ...SLOW_LIMITS, lastingMinutes: LASTING_MINUTES, nats: latencyThreshold(falseAlarmsPerWeek, watched) }
}

/** Decides what is slow, now and then. Where that moves, what was counted as slow before can't be gone on from. */
function settleSlow(watched: Watched, minute: number, slowdown: number): void {
  const { series, fastUntil, normal } = watched
  if (series.spike !== undefined || minute - watched.settledMinute < SETTLED_MINUTES) return
  if (watched.minutes < KNOWN_MINUTES || watched.requests < KNOWN_REQUESTS) return
  watched.settledMinute = minute
  watched.fastUntil = slowAfter(normal, slowdown)
  if (fastUntil !== watched.fastUntil) watched.series = createSeries(series.key, undefined, cellOfMinute(minute))
}

interface Minute {
  readonly minute: number
  readonly counts: readonly DurationCount[]
  readonly limits: MinuteLimits
}

/** Takes in one minute, and returns the spike that is over by it. */
function judge(watched: Watched, { minute, counts, limits }: Minute): Spike[] {
  const { series, fastUntil } = watched
  const requests = sumOf(counts)
  watched.minutes++
  watched.requests += requests
  const hits = fastUntil === undefined ? 0 : sumOf(counts.filter(({ bucket }) => bucket > fastUntil))
  const over = judgeMinute(series, { minute, requests, hits }, limits)
  if (over !== undefined) {
    const spike = toSlowSpike(watched, over)
    watched.during = createDurations()
    return [spike]
  }
  if (series.spike === undefined) {
    forgetDurations(watched.normal, 0.5 ** (1 / HALF_LIFE_MINUTES))
    addDurations(watched.normal, counts)
  } else if (series.spike.resolvedCell === undefined) addDurations(watched.during, counts)
  return []
}

function sumOf(counts: readonly DurationCount[]): number {
  return counts.reduce((sum, { requests }) => sum + requests, 0)
}

/** The spike as the rest of the product knows it. */
function toSlowSpike({ series, normal, fastUntil, during }: Watched, open: OpenSpike): Spike {
  return {
    ...toMinuteSpike(series, open, 'latency'),
    signal: 'latency',
    slowness: {
      slowerThanMs: durationBucketEnd(fastUntil ?? 0),
      normalP95Ms: mostWithinMs(normal),
      p95Ms: mostWithinMs(during),
    },
  }
}
