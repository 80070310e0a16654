import type { Spike } from '../../../shared/domain/spike.ts'
import type { OtherServices } from './open-drop.ts'
import { requestsAt, type Series, type WatchedKey } from './series.ts'
import type { DetectorSettings } from './settings.ts'
import { dropThreshold } from './threshold.ts'
import { type Heard, observeTraffic, WINDOW_CELLS } from './traffic.ts'
import { findDrop, findSilence, prolongDrop, updateDrop } from './traffic-drop.ts'

/** A service without a request for two minutes sends nothing for now. */
const SENDING_CELLS = 12

interface Watched {
  readonly services: ReadonlyMap<string, Series>
  readonly heard: Heard
  readonly settings: DetectorSettings
}

/**
 * Takes in one judged cell of every service, with requests or without: what stays away shows where nothing is. Returns the
 * drops that are over by it.
 */
export function judgeTraffic({ services, heard, settings }: Watched, cell: number): Spike[] {
  for (const series of services.values())
    if (series.traffic !== undefined)
      observeTraffic(series.traffic, heard, requestsAt(series, cell), series.lostTraffic)
  heard.cells[heard.count % WINDOW_CELLS] = cell
  heard.count++
  const nats = dropThreshold(settings.falseAlarmsPerWeek, services.size)
  return [...services.values()].flatMap((series) => {
    const look = { cell, heard, others: () => countOthers(services, series, cell) }
    if (series.drop !== undefined) return updateDrop(series, series.drop, look) ?? []
    const share = leastShareOf(settings, series.key)
    if (share !== undefined) findDrop(series, look, { share, nats })
    return []
  })
}

/**
 * Looks at cells up to `cell` in which nothing came at all, after `lastCell`, the newest that was judged. Drops open that
 * `isDue`, by their id. Returns those that are over by it.
 */
export function judgeSilence(
  { services, heard, settings }: Watched,
  look: { readonly cell: number; readonly lastCell: number; readonly isDue: (dropId: string) => boolean },
): Spike[] {
  const nats = dropThreshold(settings.falseAlarmsPerWeek, services.size)
  return [...services.values()].flatMap((series) => {
    const ofSeries = { ...look, heard, others: () => countOthers(services, series, look.cell) }
    if (series.drop !== undefined) return prolongDrop(series, series.drop, ofSeries) ?? []
    if (leastShareOf(settings, series.key) !== undefined) findSilence(series, ofSeries, { nats, isDue: look.isDue })
    return []
  })
}

function countOthers(services: Watched['services'], but: Series, cell: number): OtherServices {
  const others = [...services.values()].filter((series) => series !== but && series.key.env === but.key.env)
  return { known: others.length, sending: others.filter(({ newestCell }) => newestCell > cell - SENDING_CELLS).length }
}

/** Undefined: the service's traffic is not watched. */
function leastShareOf({ services, trafficDrop }: DetectorSettings, { service }: WatchedKey): number | undefined {
  const own = services.get(service)
  const { enabled, share } = { ...trafficDrop, ...own?.trafficDrop }
  return enabled && own?.enabled !== false ? share : undefined
}
