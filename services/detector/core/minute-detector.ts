// What every detector has that judges services by the minute: each service once a minute, and none kept that comes no more.
import type { Spike } from '../../../shared/domain/spike.ts'
import { isUnseen, LOOKED_CELLS } from './forget-unseen.ts'
import { cellOfMinute, MINUTE_CELLS } from './minute-share.ts'
import type { Series } from './series.ts'
import { giveUpSpike } from './spike-state.ts'

export interface MinuteDetector<Of, Watched> {
  /**
   * Judges one sealed minute (its number: epoch time / 60 s), each service once. Minutes come in order; one that is not newer
   * than the newest judged is left alone, so that twice is as good as once.
   */
  advance(minute: number, services: readonly Of[]): void
  /** Every spike so far that was not let go of. */
  spikes(): Spike[]
  /** Lets go of the spikes that are over for good. */
  forgetClosed(): void
  /** All that it knows, to be kept as a structured clone; a detector made from that goes on as this one would. */
  state(): MinuteState<Watched>
}

export interface MinuteState<Watched> {
  /** By env and service. */
  readonly services: Map<string, Watched>
  readonly closed: Spike[]
  newestMinute: number
}

/** What one such detector does of its own. */
interface MinuteWatcher<Of, Watched> {
  readonly isWatched: (service: string) => boolean
  /** Begins to watch a service that was first seen in that minute. */
  readonly watch: (of: Of, minute: number) => Watched
  /** Takes in a minute of a service, one of so many that are watched, and returns its spikes that are over by it. */
  readonly judge: (watched: Watched, of: Of, at: { readonly minute: number; readonly watchedCount: number }) => Spike[]
  readonly seriesOf: (watched: Watched) => readonly Series[]
  readonly openSpikes: (watched: Watched) => Spike[]
}

/** A function of its watcher and the minutes it was given: no clock, no I/O. It goes on from `state`, which it changes. */
export function createMinuteDetector<Of extends { readonly env: string; readonly service: string }, Watched>(
  watcher: MinuteWatcher<Of, Watched>,
  state: MinuteState<Watched> = { services: new Map(), closed: [], newestMinute: Number.NEGATIVE_INFINITY },
): MinuteDetector<Of, Watched> {
  const { services, closed } = state

  function watch(of: Of, minute: number): Watched {
    const name = `${of.env}\n${of.service}`
    const watched = services.get(name) ?? watcher.watch(of, minute)
    services.set(name, watched)
    return watched
  }

  function forgetUnseen(minute: number): void {
    for (const [name, watched] of services) {
      const series = watcher.seriesOf(watched)
      if (!series.every((one) => isUnseen(one, cellOfMinute(minute)))) continue
      for (const one of series) giveUpSpike(one)
      closed.push(...watcher.openSpikes(watched))
      services.delete(name)
    }
  }

  return {
    advance(minute, given) {
      if (minute <= state.newestMinute) return
      if (hourOf(minute) !== hourOf(state.newestMinute)) forgetUnseen(minute)
      state.newestMinute = minute
      const judged = given
        .filter(({ service }) => watcher.isWatched(service))
        .map((of) => ({ of, watched: watch(of, minute) }))
      // The threshold asks how many are watched: all of this minute are, before the first is judged.
      const at = { minute, watchedCount: services.size }
      for (const { of, watched } of judged) closed.push(...watcher.judge(watched, of, at))
    },
    spikes: () => [...closed, ...[...services.values()].flatMap(watcher.openSpikes)],
    forgetClosed() {
      closed.length = 0
    },
    state: () => state,
  }
}

function hourOf(minute: number): number {
  return Math.floor((minute * MINUTE_CELLS) / LOOKED_CELLS)
}
