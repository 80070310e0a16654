// In: how many requests of each service a minute were refused, not found or limited. Out: spikes of services where that share
// rose. Clients make such errors all day for reasons of their own: whoever hears of these spikes tells only of those that begin
// with a change.

import type { Spike } from '../../../shared/domain/spike.ts'
import { CLIENT_ERRORS, type StatusRange } from '../../../shared/domain/status-range.ts'
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

export interface ClientErrorDetector {
  /** As with latency: each service once, minutes in order, and twice is as good as once. */
  advance(minute: number, services: readonly StatusMinute[]): void
  spikes(): Spike[]
  forgetClosed(): void
  state(): ClientErrorState
}

export interface ClientErrorState {
  /** By env and service, in the order of `CLIENT_ERRORS`. */
  readonly services: Map<string, readonly Watched[]>
  readonly closed: Spike[]
  newestMinute: number
}

/** One service and one kind of client error. */
interface Watched {
  readonly series: Series
  readonly statuses: StatusRange
}

function emptyState(): ClientErrorState {
  return { services: new Map(), closed: [], newestMinute: Number.NEGATIVE_INFINITY }
}

/** A function of its settings and the minutes it was given: no clock, no I/O. It goes on from `state`, which it changes. */
export function createClientErrorDetector(
  settings: DetectorSettings,
  state: ClientErrorState = emptyState(),
): ClientErrorDetector {
  const { services, closed } = state

  function watch({ env, service }: StatusMinute, minute: number): readonly Watched[] {
    const name = `${env}\n${service}`
    const known = services.get(name)
    if (known !== undefined) return known
    const key = { env, service, method: null, route: null }
    const watched = CLIENT_ERRORS.map((statuses) => ({
      series: createSeries(key, undefined, cellOfMinute(minute)),
      statuses,
    }))
    services.set(name, watched)
    return watched
  }

  return {
    advance(minute, given) {
      if (minute <= state.newestMinute) return
      state.newestMinute = minute
      const judged = given
        .filter(({ service }) => isWatched(settings, service))
        .map((of) => ({ of, watched: watch(of, minute) }))
      const limits = limitsOf(settings, services.size)
      for (const { of, watched } of judged) {
        for (const [index, one] of watched.entries()) {
          const hits = of.clientErrors[index] ?? 0
          const over = judgeMinute(one.series, { minute, requests: of.requests, hits }, limits)
          if (over !== undefined) closed.push(toClientSpike(one, over))
        }
      }
    },
    spikes() {
      const all = [...services.values()].flat()
      const open = all.flatMap((one) => (one.series.spike === undefined ? [] : [toClientSpike(one, one.series.spike)]))
      return [...closed, ...open]
    },
    forgetClosed() {
      closed.length = 0
    },
    state: () => state,
  }
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
