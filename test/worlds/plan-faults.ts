import { HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts'
import { chance, integer, logUniform, pick, shuffle, uniform } from './distributions.ts'
import { binomialKl } from './expected-evidence.ts'
import type { Effect, FaultKind, PlannedFault } from './faults.ts'
import type { Flavour } from './flavours.ts'
import type { Prng } from './prng.ts'
import type { RouteSpec, ServiceSpec, StatusWeights } from './services.ts'
import { expectedRate } from './traffic.ts'

const GAP_MS = 25 * MINUTE_MS
const PLAIN_RATE = 0.05

/** The faults of a world in time order: kinds as mixed as can be, none within 20 minutes of another. */
export function planFaults(
  prng: Prng,
  flavour: Flavour,
  { services, worldStartMs }: { readonly services: readonly ServiceSpec[]; readonly worldStartMs: number },
): PlannedFault[] {
  const slots = planSlots(prng, flavour, worldStartMs)
  const kinds = planKinds(prng, flavour, slots.length)
  return slots.map((slot, index) => {
    const kind = kinds[index] ?? 'bad_deploy'
    const service = pick(prng, candidates(kind, services))
    const root = planRoot(prng, flavour, { kind, service, slot, index })
    return { kind, root, victims: kind === 'cascade' ? planVictims(prng, flavour, { root, services }) : [] }
  })
}

/** Every kind once before any comes again. */
function planKinds(prng: Prng, { kinds }: Flavour, count: number): FaultKind[] {
  const rounds = Math.max(Math.ceil(count / kinds.length), 2)
  return Array.from({ length: rounds }, () => shuffle(prng, kinds)).flat()
}

interface Slot {
  readonly startMs: number
  readonly endMs: number
}

function planSlots(prng: Prng, flavour: Flavour, worldStartMs: number): Slot[] {
  const fromMs = worldStartMs + flavour.hours * HOUR_MS * flavour.faultFreeShare
  const roomMs = worldStartMs + flavour.hours * HOUR_MS - 5 * MINUTE_MS - fromMs
  const lengths = Array.from(
    { length: integer(prng, ...flavour.faults) },
    () => uniform(prng, ...flavour.faultMinutes) * MINUTE_MS,
  )
  const busyMs = lengths.reduce((sum, length) => sum + length, 0)
  const gapsMs = lengths.length * GAP_MS
  const squeeze = Math.min((roomMs - gapsMs) / busyMs, 1)
  const waits = lengths.map(() => prng.next())
  const waitTotal = waits.reduce((sum, wait) => sum + wait, prng.next())
  let atMs = fromMs
  return lengths.map((length, i) => {
    atMs += GAP_MS + ((waits[i] ?? 0) / waitTotal) * (roomMs - gapsMs - busyMs * squeeze)
    const slot = { startMs: wholeSecond(atMs), endMs: wholeSecond(atMs + length * squeeze) }
    atMs = slot.endMs
    return slot
  })
}

function wholeSecond(atMs: number): number {
  return Math.round(atMs / SECOND_MS) * SECOND_MS
}

function candidates(kind: FaultKind, services: readonly ServiceSpec[]): readonly ServiceSpec[] {
  if (kind === 'bad_client') return services.filter((service) => service.clients.length > 1)
  if (kind !== 'cascade') return services
  return services.filter((service) => services.some((other) => other.calls.includes(service.name)))
}

function planRoot(
  prng: Prng,
  flavour: Flavour,
  { kind, service, slot, index }: { kind: FaultKind; service: ServiceSpec; slot: Slot; index: number },
): Effect {
  const routes = pickRoutes(prng, kind, service)
  const byVersion = kind === 'bad_deploy' || kind === 'bad_deploy_route' || kind === 'cascade' || kind === 'slow_burn'
  const regional = (byVersion || kind === 'bad_config') && chance(prng, flavour.oneRegionShare)
  const region = regional && service.regions.length > 1 ? pick(prng, service.regions).name : null
  const hurtShare =
    service.routes.filter(({ route }) => routes?.includes(route) ?? true).reduce((sum, { share }) => sum + share, 0) *
    (service.regions.find(({ name }) => name === region)?.share ?? 1)
  const requests = expectedRate(service, flavour, slot.startMs) * hurtShare * ((slot.endMs - slot.startMs) / SECOND_MS)
  const added = planAdded(prng, flavour, {
    requests,
    errorRate: service.errorRate,
    atLeast: kind === 'cascade' ? 0.02 : 0,
  })
  return {
    fault: index,
    service: service.name,
    ...slot,
    rampMs: planRamp(prng, flavour, kind),
    added: planShown(prng, flavour, { kind, added }),
    routes,
    region,
    statuses: planStatuses(prng, kind),
    load: planLoad(prng, kind, added),
    client: kind === 'bad_client' ? pickClient(prng, service) : null,
    carrier: byVersion ? service.name : null,
  }
}

/** A client's own requests nearly all fail; a callee that hides answers most of what it still answers well. */
function planShown(prng: Prng, flavour: Flavour, { kind, added }: { kind: FaultKind; added: number }): number {
  if (kind === 'bad_client') return 0.96
  return kind === 'cascade' && flavour.hidesCallees ? uniform(prng, 0.01, 0.04) : added
}

function pickRoutes(prng: Prng, kind: FaultKind, { routes }: ServiceSpec): string[] | null {
  const one = (): string[] => [pick<RouteSpec>(prng, routes).route]
  if (kind === 'bad_deploy_route' || kind === 'bad_client') return one()
  if (kind === 'bad_flag') return chance(prng, 0.5) ? one() : null
  if (kind === 'bad_config') return chance(prng, 0.3) ? one() : null
  if (kind === 'third_party')
    return shuffle(prng, routes)
      .slice(0, integer(prng, 1, 2))
      .map(({ route }) => route)
  return null
}

/** Redrawn upwards a few times where the fault would leave hardly a trace; some stay too small to be seen, as in life. */
function planAdded(
  prng: Prng,
  flavour: Flavour,
  { requests, errorRate, atLeast }: { requests: number; errorRate: number; atLeast: number },
): number {
  const [lowest, high] = flavour.addedRate
  const low = chance(prng, flavour.plainShare) ? PLAIN_RATE : Math.max(lowest, atLeast)
  let added = logUniform(prng, low, high)
  for (let i = 0; i < 4 && (requests * added < 30 || requests * binomialKl(errorRate + added, errorRate) < 60); i++)
    added = logUniform(prng, added, high)
  return added
}

function planRamp(prng: Prng, flavour: Flavour, kind: FaultKind): number {
  if (kind === 'surge') return uniform(prng, 30, 120) * SECOND_MS
  if (kind === 'slow_burn') return uniform(prng, 1, 10) * MINUTE_MS
  if (kind === 'bad_client' || !chance(prng, flavour.rampShare)) return 0
  return 15 * MINUTE_MS
}

/** A surge multiplies the traffic by 3–8. A client's own requests are as many as it takes to add `added` to its route. */
function planLoad(prng: Prng, kind: FaultKind, added: number): number {
  if (kind === 'surge') return uniform(prng, 3, 8)
  return kind === 'bad_client' ? added / (0.96 - added) : 1
}

function pickClient(prng: Prng, { clients }: ServiceSpec): string {
  const known = clients.flatMap(({ address }) => (address === null ? [] : [address]))
  return chance(prng, 0.5) ? pick(prng, known) : `100.64.${integer(prng, 0, 255)}.${integer(prng, 2, 250)}`
}

const USUAL_STATUSES: Readonly<Record<FaultKind, readonly number[]>> = {
  bad_deploy: [500, 502, 503],
  bad_deploy_route: [500, 502, 503],
  bad_config: [500, 503, 502],
  bad_flag: [500, 502, 503],
  slow_burn: [500, 503, 504],
  cascade: [500, 503, 502],
  third_party: [502, 504, 503],
  surge: [503, 504, 500],
  bad_client: [500, 502],
}

function planStatuses(prng: Prng, kind: FaultKind): StatusWeights {
  const usual = USUAL_STATUSES[kind]
  const order = kind === 'third_party' ? shuffle(prng, usual) : usual
  const main = kind === 'third_party' ? uniform(prng, 0.5, 0.9) : uniform(prng, 0.8, 0.98)
  return order.map((item, i) => ({ item, weight: i === 0 ? main : (1 - main) / (order.length - 1) }))
}

/** Its callers fail on the routes that need it, with what a proxy says of a broken upstream. */
function planVictims(
  prng: Prng,
  flavour: Flavour,
  { root, services }: { readonly root: Effect; readonly services: readonly ServiceSpec[] },
): Effect[] {
  return services
    .filter((service) => service.calls.includes(root.service))
    .map((service) => {
      const main = uniform(prng, 0.55, 0.95)
      const [first, second] = chance(prng, 0.6) ? [502, 504] : [504, 502]
      return {
        ...root,
        service: service.name,
        added: flavour.hidesCallees
          ? Math.min(root.added * uniform(prng, 6, 20), 0.9)
          : root.added * uniform(prng, 0.3, 0.9),
        routes: shuffle(prng, service.routes)
          .slice(0, integer(prng, 1, 2))
          .map(({ route }) => route),
        region: null,
        statuses: [
          { item: first ?? 502, weight: main },
          { item: second ?? 504, weight: 1 - main },
        ],
      }
    })
}
