import type { Spike } from '../../../shared/domain/spike.ts'
import type { Series } from './series.ts'
import { giveUpSpike, toSpike } from './spike-state.ts'

/** Names come and go. What comes once a week is still known when it comes again; what stays away for longer (8 days) is forgotten. */
const UNSEEN_CELLS = 8 * 8_640
/** It is looked for once an hour. */
export const LOOKED_CELLS = 360

export function isUnseen({ newestCell }: Series, cell: number): boolean {
  return newestCell < cell - UNSEEN_CELLS
}

/** Forgets the services and routes that had no request for long, and returns the spikes of theirs that are over with them. */
export function forgetUnseen(
  {
    services,
    routes,
    failingRoutes,
  }: {
    readonly services: Map<string, Series>
    readonly routes: Map<string, Series>
    readonly failingRoutes: Set<Series>
  },
  cell: number,
): Spike[] {
  const over: Spike[] = []
  for (const watched of [routes, services])
    for (const [name, series] of watched) {
      // A failing route is over with its service.
      const owner = series.spike === undefined ? series : (series.parent ?? series)
      if (!isUnseen(owner, cell)) continue
      giveUpSpike(series)
      if (series.spike !== undefined && series.spike.expected === undefined)
        over.push(toSpike(series.key, series.spike))
      series.isForgotten = true
      failingRoutes.delete(series)
      watched.delete(name)
    }
  return over
}
