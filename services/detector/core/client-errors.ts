// In: how many requests of each service a minute were refused, not found or limited. Out: spikes of services where that share
// rose. Clients make such errors all day for reasons of their own: whoever hears of these spikes tells only of those that begin
// with a change.

import type { Spike } from '../../../shared/domain/spike.ts'
import { CLIENT_ERRORS, type StatusRange } from '../../../shared/domain/status-range.ts'
import { createMinuteDetector, type MinuteDetector, type MinuteState } from './minute-detector.ts'
import { cellOfMinute, judgeMinute, type MinuteLimits, toMinuteSpike } from './minute-share.ts'
import type { OpenSpike } from './open-spike.ts'
import { createSeries, type Series } from './series.ts'
import type { DetectorSettings } from './settings.ts'
import { clientErrorThreshold } from './threshold.ts'

/** One request in fifty more than usual, ten of them, twice as many as usual, for two minutes. */
const LIMITS = { excessErrors: 10, uplift: 0.02, ratio: 2, lastingMinutes: 2 }

/** Requests of one service in one minute, and those among them that ended in one of `CLIENT_ERRORS`, in their order. */
export interface StatusMinute {
  readonly env: string
  readonly service: string
  readonly requests: number
  readonly clientErrors: readonly number[]
}

/** One service and one kind of client error. */
interface Watched {
  readonly series: Series
  readonly statuses: StatusRange
}

export type ClientErrorDetector = MinuteDetector<StatusMinute, readonly Watched[]>
/** Of each service, in the order of `CLIENT_ERRORS`. */
export type ClientErrorState = MinuteState<readonly Watched[]>

/** It goes on from `state`, which it changes. */
export function createClientErrorDetector(settings: DetectorSettings, state?: ClientErrorState): ClientErrorDetector {
  return createMinuteDetector(
    {
      isWatched: (service) => isWatched(settings, service),
      watch: ({ env, service }, minute) =>
        CLIENT_ERRORS.map((statuses) => ({
          series: createSeries({ env, service, method: null, route: null }, undefined, cellOfMinute(minute)),
          statuses,
        })),
      judge(watched, { requests, clientErrors }, { minute, watchedCount }) {
        const limits = limitsOf(settings, watchedCount)
        return watched.flatMap((one, index) => {
          const over = judgeMinute(one.series, { minute, requests, hits: clientErrors[index] ?? 0 }, limits)
          return over === undefined ? [] : [toClientSpike(one, over)]
        })
      },
      seriesOf: (watched) => watched.map(({ series }) => series),
      openSpikes: (watched) =>
        watched.flatMap((one) => (one.series.spike === undefined ? [] : [toClientSpike(one, one.series.spike)])),
    },
    state,
  )
}

function isWatched({ clientErrors, services }: DetectorSettings, service: string): boolean {
  const own = services.get(service)
  return own?.enabled !== false && (own?.clientErrors ?? clientErrors)
}

function limitsOf({ falseAlarmsPerWeek }: DetectorSettings, watched: number): MinuteLimits {
  return { ...LIMITS, nats: clientErrorThreshold(falseAlarmsPerWeek, watched * CLIENT_ERRORS.length) }
}

function toClientSpike({ series, statuses }: Watched, open: OpenSpike): Spike {
  return { ...toMinuteSpike(series, open, `status ${statuses.from}`), errorStatuses: statuses }
}
