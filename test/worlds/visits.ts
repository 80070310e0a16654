import { CELL_MS } from '../../shared/domain/cell.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock.ts'
import { chance, integer, logUniform, pick, poisson, uniform } from './distributions.ts'
import type { Flavour } from './flavours.ts'
import type { Prng } from './prng.ts'
import type { RouteSpec, ServiceSpec, StatusWeights } from './services.ts'

/** Requests that come on top of a service's own in a run of cells, and mean nothing: part of what is normal. */
export interface Visit {
  readonly fromCell: number
  readonly cells: number
  readonly route: RouteSpec
  /** Expected in each of its cells. */
  readonly requestsPerCell: number
  readonly statuses: StatusWeights
}

/** The bots and jobs that visit one service, in time order. */
export function planVisits(
  prng: Prng,
  flavour: Flavour,
  { service, startMs }: { readonly service: ServiceSpec; readonly startMs: number },
): Visit[] {
  const bots = planBots(prng.fork('bots'), flavour, { service, startMs })
  return [...bots, ...planJob(prng.fork('job'), flavour, service)].toSorted((a, b) => a.fromCell - b.fromCell)
}

/** Two in three come at night; what they ask for is mostly not there, and what is there fails them as it does everybody. */
function planBots(
  prng: Prng,
  flavour: Flavour,
  { service, startMs }: { readonly service: ServiceSpec; readonly startMs: number },
): Visit[] {
  const days = flavour.hours / 24
  return Array.from({ length: poisson(prng, flavour.botVisitsPerServiceDay * days) }, () => {
    const day = integer(prng, 0, Math.ceil(days) - 1)
    const hour = chance(prng, 2 / 3) ? uniform(prng, 0, 5) : uniform(prng, 0, 24)
    const fromMs = day * DAY_MS - (startMs % DAY_MS) + hour * HOUR_MS
    return {
      fromCell: Math.floor(fromMs / CELL_MS),
      cells: Math.round((logUniform(prng, 2, 40) * MINUTE_MS) / CELL_MS),
      route: pick(prng, service.routes),
      requestsPerCell: logUniform(prng, 1, 30),
      statuses: [
        { item: 404, weight: 0.9 },
        { item: 200, weight: 0.1 },
        { item: 500, weight: service.errorRate },
      ],
    }
  })
}

/** A few failures in one cell, again and again. */
function planJob(prng: Prng, flavour: Flavour, service: ServiceSpec): Visit[] {
  if (!chance(prng, flavour.failingJobShare)) return []
  const everyCells = (pick(prng, [5, 10, 15, 30, 60]) * MINUTE_MS) / CELL_MS
  const first = integer(prng, 0, everyCells - 1)
  const job = {
    cells: 1,
    route: pick(prng, service.routes),
    requestsPerCell: uniform(prng, 2, 6),
    statuses: [
      { item: 500, weight: 0.6 },
      { item: 200, weight: 0.4 },
    ],
  }
  const runs = Math.floor(((flavour.hours * HOUR_MS) / CELL_MS - first) / everyCells)
  return Array.from({ length: runs }, (_, run) => ({ ...job, fromCell: first + run * everyCells }))
}

/** The visits of a cell, asked for cells that never go back. */
export function createVisitCalendar(visits: readonly Visit[]): (cell: number) => readonly Visit[] {
  let next = 0
  let present: Visit[] = []
  return (cell) => {
    present = present.filter((visit) => cell < visit.fromCell + visit.cells)
    for (let visit = visits[next]; visit !== undefined && visit.fromCell <= cell; visit = visits[++next])
      if (cell < visit.fromCell + visit.cells) present.push(visit)
    return present
  }
}
