import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'

/** Shares of requests that are made to fail, from a trickle to an outage. */
export const RISE_LEVELS = [0.01, 0.03, 0.1, 0.3, 1] as const

/** Errors put upon the requests that a route really had. Cells are numbers: epoch time / CELL_MS. */
export interface InjectedRise {
  readonly seriesId: number
  readonly env: string
  readonly service: string
  readonly method: string
  readonly route: string
  readonly fromCell: number
  /** Excluded. */
  readonly toCell: number
  /** Share of the requests that were well and fail now, one of RISE_LEVELS. */
  readonly addedRate: number
}

/** A route and the requests it had in all. */
export interface RouteTraffic {
  readonly id: number
  readonly env: string
  readonly service: string
  readonly method: string
  readonly route: string
  readonly requests: number
}

const CELLS_PER_MINUTE = 60_000 / CELL_MS
const RISE_CELLS = 20 * CELLS_PER_MINUTE
/** Between two rises of one service it comes to rest. */
const SLOT_CELLS = 150 * CELLS_PER_MINUTE
/** What is normal is learned first. */
const WARM_UP_CELLS = 120 * CELLS_PER_MINUTE
/** Around what was really alarmed nothing is injected: whose errors those are could not be told. */
const APART_CELLS = 60 * CELLS_PER_MINUTE
const SERVICES_MAX = 12
const RISES_MAX = 300

/**
 * One rise of one of its routes in each slot of each of the busiest services, from the smallest level to the largest in turn.
 * The same traffic gives the same rises. Busy routes are chosen more often, as they are in a real fault.
 */
export function planRises(
  routes: readonly RouteTraffic[],
  judged: { readonly first: number; readonly last: number },
  real: readonly Spike[],
): readonly InjectedRise[] {
  const services = groupByService(routes)
    .toSorted((a, b) => sumRequests(b) - sumRequests(a))
    .slice(0, SERVICES_MAX)
  const rises: InjectedRise[] = []
  for (let slot = judged.first + WARM_UP_CELLS; slot + SLOT_CELLS <= judged.last; slot += SLOT_CELLS)
    for (const ofService of services) {
      const random = (what: string) => fraction(`${what} ${slot} ${ofService[0]?.env} ${ofService[0]?.service}`)
      const route = chooseByTraffic(ofService, random('route'))
      const fromCell = slot + Math.floor(random('start') * (SLOT_CELLS - 2 * RISE_CELLS))
      if (route === undefined || real.some((spike) => isNear(spike, route, fromCell))) continue
      const { id: seriesId, env, service, method, route: name } = route
      const addedRate = RISE_LEVELS[rises.length % RISE_LEVELS.length] ?? 1
      rises.push({ seriesId, env, service, method, route: name, fromCell, toCell: fromCell + RISE_CELLS, addedRate })
    }
  return thin(rises)
}

/** How many of `requests` fail, each with probability `rate`: the same for the same `seed`. */
export function drawErrors(requests: number, rate: number, seed: string): number {
  // Of the rarer outcome, so that the chance of none is never too small to be a number.
  if (rate > 0.5) return requests - drawErrors(requests, Math.max(0, 1 - rate), seed)
  const mean = requests * rate
  const deviation = Math.sqrt(mean * (1 - rate))
  if (deviation > 5) {
    const normal = Math.sqrt(-2 * Math.log(1 - fraction(`${seed} a`))) * Math.cos(2 * Math.PI * fraction(`${seed} b`))
    return Math.min(Math.max(Math.round(mean + deviation * normal), 0), requests)
  }
  // By inversion: the chance of each count in turn, until the drawn fraction is used up.
  let left = fraction(seed)
  let chance = (1 - rate) ** requests
  for (let errors = 0; errors < requests; errors++) {
    if (left < chance) return errors
    left -= chance
    chance *= ((requests - errors) / (errors + 1)) * (rate / (1 - rate))
  }
  return requests
}

function groupByService(routes: readonly RouteTraffic[]): readonly (readonly RouteTraffic[])[] {
  const services = new Map<string, RouteTraffic[]>()
  for (const route of routes) {
    const name = `${route.env}\n${route.service}`
    services.set(name, [...(services.get(name) ?? []), route])
  }
  return [...services.values()]
}

function isNear(spike: Spike, { env, service }: RouteTraffic, fromCell: number): boolean {
  const untilMs = spike.resolvedAtMs ?? spike.updatedAtMs
  return (
    spike.env === env &&
    spike.service === service &&
    spike.onsetAtMs / CELL_MS < fromCell + RISE_CELLS + APART_CELLS &&
    untilMs / CELL_MS > fromCell - APART_CELLS
  )
}

function chooseByTraffic(routes: readonly RouteTraffic[], at: number): RouteTraffic | undefined {
  let left = at * sumRequests(routes)
  return routes.find(({ requests }) => {
    left -= requests
    return left < 0
  })
}

/** Every so many-th, so that all of the time is covered. */
function thin(rises: readonly InjectedRise[]): readonly InjectedRise[] {
  const step = Math.max(rises.length / RISES_MAX, 1)
  return rises.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

function sumRequests(routes: readonly RouteTraffic[]): number {
  return routes.reduce((sum, { requests }) => sum + requests, 0)
}

/** From 0 to below 1, the same for the same text; texts that differ little give fractions that differ much (MurmurHash3's end). */
function fraction(text: string): number {
  const hash = stableHash(text)
  let mixed = Number.parseInt(hash.slice(0, 8), 16) ^ Number.parseInt(hash.slice(8), 16)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}
