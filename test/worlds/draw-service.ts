import { CELL_MS } from '../../shared/domain/cell.ts'
import { type Blip, blipRate, planBlips } from './blips.ts'
import { binomial, gamma, pickWeighted, poisson } from './distributions.ts'
import { createDose } from './dose.ts'
import { type Effect, isHurt, strengthIn } from './faults.ts'
import type { Flavour } from './flavours.ts'
import { createPrng, type Prng } from './prng.ts'
import { createVersionTimeline, type VersionMix } from './rollout.ts'
import { type Draft, emptyDraft, type LineFrame, type Pods, record, type ServiceCell } from './service-cell.ts'
import type { RouteSpec, ServiceSpec, StatusWeights } from './services.ts'
import {
  createBursts,
  createWobble,
  ERROR_MEMORY_CELLS,
  expectedErrorRate,
  expectedRate,
  TRAFFIC_MEMORY_CELLS,
} from './traffic.ts'
import { createVisitCalendar, planVisits, type Visit } from './visits.ts'
import type { World } from './world.ts'

interface Series extends LineFrame {
  readonly region: string | null
  readonly share: number
}

/** An effect at work in the present cell: how many of the requests it meets it fails. */
interface ActiveEffect {
  readonly effect: Effect
  readonly added: number
  readonly strength: number
}

/** One cell of the world: its number from 0, and its start as epoch milliseconds and as a line writes it. */
export interface CellTime {
  readonly index: number
  readonly startMs: number
  readonly text: string
}

/** A source of one service's cells, to be asked for all cells of the world in order. */
export function createServiceSource(prng: Prng, world: World, service: ServiceSpec): (cell: CellTime) => ServiceCell {
  const { flavour } = world
  const drawTraffic = createWobble(prng.fork('wobble'), flavour.trafficWobble, TRAFFIC_MEMORY_CELLS)
  const drawRates = createErrorRates(prng, flavour, service)
  const blips = planServiceBlips(prng, world)
  const visitsIn = createVisitCalendar(planVisits(prng.fork('visits'), flavour, { service, startMs: world.startMs }))
  const series = planSeries(service, flavour)
  const pods = { prng: prng.fork('pods'), count: flavour.pods }
  const effects = effectsOn(world, service)
  const history = world.histories.get(service.name) ?? { first: { version: 'v1', fault: null }, rollouts: [] }
  const timelines = service.regions.map(({ name }) => ({ region: name, mixAt: createVersionTimeline(history, name) }))
  return ({ index, startMs, text }) => {
    const active = activeIn(prng, effects, startMs)
    const rates = drawRates(startMs)
    const blip = blipRate(blips, index, service)
    const requests = expectedRate(service, flavour, startMs) * (CELL_MS / 1_000) * drawTraffic()
    const mixes = new Map(timelines.map(({ region, mixAt }) => [region, mixAt(startMs + CELL_MS / 2)]))
    const time = `{"ts":"${text}`
    const draft = emptyDraft(service)
    const load = active.reduce((most, { effect, strength }) => Math.max(most, loadOf(effect, strength)), 1)
    for (const one of series) {
      const count = poisson(prng, requests * one.share * load)
      const rate = Math.min((rates.get(one.route) ?? 0) + blip, 1)
      drawSeries(
        { prng, service, series: one, draft, pods, time, active },
        { count, rate, mix: mixes.get(one.region) ?? [] },
      )
    }
    const apart = { prng, service, draft, pods, time, mix: [...mixes.values()][0] ?? [] }
    for (const { effect, strength } of active)
      if (effect.client !== null) drawClient(apart, effect, requests * strength)
    for (const visit of visitsIn(index)) drawVisit(apart, visit)
    return draft
  }
}

/** The error rate of each route, asked for all cells in order. */
function createErrorRates(
  prng: Prng,
  flavour: Flavour,
  service: ServiceSpec,
): (startMs: number) => Map<RouteSpec, number> {
  const drawDrift = createWobble(prng.fork('drift'), flavour.errorDrift, ERROR_MEMORY_CELLS)
  const sources = (flavour.burstsByRoute ? service.routes : service.routes.slice(0, 1)).map((_, i) =>
    createBursts(prng.fork(i === 0 ? 'bursts' : `bursts-${i}`), service, flavour.burstShape),
  )
  return (startMs) => {
    const level = expectedErrorRate(service, flavour, startMs) * drawDrift()
    const bursts = sources.map((draw) => draw())
    return new Map(service.routes.map((route, i) => [route, level * (bursts[i] ?? bursts[0] ?? 1) * route.errorFactor]))
  }
}

/** Its own blips, and those that it shares with every service of the world. */
function planServiceBlips(prng: Prng, { flavour, seed }: World): Blip[] {
  const shared = createPrng(`${flavour.name}/${seed}/shared-blips`)
  return [
    ...planBlips(prng.fork('blips'), flavour, flavour.blipsPerServiceDay),
    ...planBlips(shared, flavour, flavour.sharedBlipsPerDay),
  ]
}

/** Everyone's traffic grows in a surge; a client's own comes on top and is drawn apart. */
function loadOf(effect: Effect, strength: number): number {
  return effect.client === null ? 1 + (effect.load - 1) * strength : 1
}

function effectsOn(world: World, service: ServiceSpec): { effect: Effect; doseAt: (atMs: number) => number }[] {
  return world.faults
    .flatMap(({ root, victims }) => [root, ...victims])
    .filter((effect) => effect.service === service.name)
    .map((effect) => ({ effect, doseAt: effect.carrier === service.name ? () => 1 : createDose(world, effect) }))
}

/** The added share varies by a fifth from cell to cell: a broken thing is not steady either. */
function activeIn(prng: Prng, effects: ReturnType<typeof effectsOn>, startMs: number): ActiveEffect[] {
  return effects.flatMap(({ effect, doseAt }) => {
    const strength = strengthIn(effect, startMs) * doseAt(startMs + CELL_MS / 2)
    if (strength === 0) return []
    return [{ effect, strength, added: Math.min((effect.added * strength * gamma(prng, 25)) / 25, 0.98) }]
  })
}

function planSeries(service: ServiceSpec, { namesUpstreams }: Flavour): Series[] {
  return service.regions.flatMap((region) =>
    service.routes.flatMap((route) =>
      service.clients.map((client) => ({
        service,
        route,
        region: region.name,
        share: region.share * route.share * client.share,
        head: headOf(service, route),
        tail: tailOf(region.name, client.address),
        upstreams: namesUpstreams ? service.calls : [],
      })),
    ),
  )
}

function headOf(service: ServiceSpec, { method, route }: RouteSpec): string {
  return `","service":"${service.name}","env":"prod","method":"${method}","route":"${route}","status":`
}

function tailOf(region: string | null, client: string | null): string {
  return `${region === null ? '' : `,"region":"${region}"`}${client === null ? '' : `,"client":"${client}"`},"count":`
}

interface SeriesContext {
  readonly prng: Prng
  readonly service: ServiceSpec
  readonly series: Series
  readonly draft: Draft
  readonly pods: Pods
  readonly time: string
  readonly active: readonly ActiveEffect[]
}

function drawSeries(
  context: SeriesContext,
  { count, rate, mix }: { readonly count: number; readonly rate: number; readonly mix: VersionMix },
): void {
  const { prng, service, series, draft, pods, time, active } = context
  let left = count
  let shareLeft = 1
  for (const served of mix) {
    const { build, share } = served
    const requests = share >= shareLeft ? left : binomial(prng, left, share / shareLeft)
    left -= requests
    shareLeft -= share
    if (requests === 0) continue
    const statuses = new Map<number, number>()
    const normalErrors = binomial(prng, requests, rate)
    spread(prng, statuses, normalErrors, service.errorStatuses)
    let unhurt = requests - normalErrors
    for (const { effect, added } of active) {
      if (effect.client !== null || !isHurt(effect, series.route.route, series.region)) continue
      if (effect.carrier === service.name && build.fault !== effect.fault) continue
      const extra = binomial(prng, unhurt, added)
      // What fails because a callee does was passed on to it.
      const isPassedOn = series.upstreams.length > 0 && effect.carrier !== null && effect.carrier !== service.name
      const failed = isPassedOn ? new Map<number, number>() : statuses
      spread(prng, failed, extra, effect.statuses)
      if (isPassedOn)
        record(draft, { frame: { ...series, upstreams: [effect.carrier] }, pods, time }, { served, statuses: failed })
      draft.extraErrors.set(effect.fault, (draft.extraErrors.get(effect.fault) ?? 0) + extra)
      unhurt -= extra
    }
    const notFound = binomial(prng, unhurt, series.route.notFoundRate)
    statuses.set(404, notFound)
    statuses.set(200, unhurt - notFound)
    record(draft, { frame: series, pods, time }, { served, statuses })
  }
}

/** Requests that come on top of what the service's own clients ask for. */
interface ApartContext extends Omit<SeriesContext, 'series' | 'active'> {
  readonly mix: VersionMix
}

/** The client's own requests: `normalRequests` are the service's in this cell, by which its own are measured. */
function drawClient(context: ApartContext, effect: Effect, normalRequests: number): void {
  const { prng, service, draft } = context
  for (const route of service.routes.filter((one) => effect.routes?.includes(one.route) ?? true)) {
    const requests = poisson(prng, normalRequests * route.share * effect.load)
    const errors = binomial(prng, requests, effect.added)
    const statuses = new Map([[200, requests - errors]])
    spread(prng, statuses, errors, effect.statuses)
    draft.extraErrors.set(effect.fault, (draft.extraErrors.get(effect.fault) ?? 0) + errors)
    recordApart(context, { route, client: effect.client, statuses })
  }
}

function drawVisit(context: ApartContext, { route, requestsPerCell, statuses: weights }: Visit): void {
  const statuses = new Map<number, number>()
  spread(context.prng, statuses, poisson(context.prng, requestsPerCell), weights)
  recordApart(context, { route, client: null, statuses })
}

function recordApart(
  context: ApartContext,
  asked: { readonly route: RouteSpec; readonly client: string | null; readonly statuses: ReadonlyMap<number, number> },
): void {
  const { service, draft, pods, time, mix } = context
  const { route, client, statuses } = asked
  const head = headOf(service, route)
  const tail = tailOf(service.regions[0]?.name ?? null, client)
  record(draft, { frame: { service, route, head, tail, upstreams: [] }, pods, time }, { served: mix.at(-1), statuses })
}

function spread(prng: Prng, statuses: Map<number, number>, count: number, weights: StatusWeights): void {
  for (let i = 0; i < count; i++) {
    const status = pickWeighted(prng, weights)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
}
