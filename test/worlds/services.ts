import { chance, integer, logUniform, normal, pick, pickWeighted, shuffle, uniform } from './distributions.ts'
import type { Flavour } from './flavours.ts'
import type { Prng } from './prng.ts'

/** One simulated service as it is when nothing is wrong. */
export interface ServiceSpec {
  readonly name: string
  readonly requestsPerSecond: number
  /** Daily cycle: the rate swings by ±`dayAmplitude`, highest at `peakHour` UTC. */
  readonly dayAmplitude: number
  readonly peakHour: number
  readonly errorRate: number
  /** Beta-binomial correlation of the errors in one cell; 0 is plain binomial. */
  readonly burstiness: number
  /** How many cells a burst holds, on average; twice as many at most. */
  readonly burstCells: number
  readonly routes: readonly RouteSpec[]
  /** A null name: the service logs no region. */
  readonly regions: readonly { readonly name: string | null; readonly share: number }[]
  /** Who asks. A null address: those lines name no client. */
  readonly clients: readonly { readonly address: string | null; readonly share: number }[]
  readonly logsVersion: boolean
  readonly errorStatuses: StatusWeights
  /** Names of the services that it calls. */
  readonly calls: readonly string[]
  readonly versionStyle: 'number' | 'semver' | 'commit'
}

export interface RouteSpec {
  readonly method: string
  readonly route: string
  readonly share: number
  /** Its error rate over the service's. */
  readonly errorFactor: number
  readonly notFoundRate: number
}

export type StatusWeights = readonly { readonly item: number; readonly weight: number }[]

const GATEWAYS = ['gateway', 'mobile-api']
const MIDDLE = ['checkout', 'storefront', 'orders']
const LEAVES = [
  ...['payments', 'search', 'catalog', 'cart', 'accounts', 'auth', 'inventory', 'pricing', 'recommendations'],
  ...['media', 'notifications', 'shipping', 'reviews', 'loyalty', 'invoices', 'stock', 'tax', 'vouchers'],
]
const ROUTES: readonly (readonly [string, string])[] = [
  ['GET', '/'],
  ['GET', '/items/{id}'],
  ['POST', '/items'],
  ['GET', '/status/{id}'],
  ['PUT', '/items/{id}/state'],
  ['GET', '/list'],
  ['POST', '/batch'],
  ['GET', '/export/{id}'],
]
const REGIONS = ['eu-west', 'us-east', 'ap-south']

/** The services of a world: rates spread evenly over the flavour's range, one of them logging clients, two levels of callers. */
export function planServices(prng: Prng, flavour: Flavour): ServiceSpec[] {
  const names = pickNames(prng, flavour.serviceCount)
  const strata = shuffle(prng, [...names.keys()])
  const clientLogger = strata.indexOf(Math.floor(flavour.serviceCount * 0.55))
  const unusual = new Set(shuffle(prng, [...names.keys()]).slice(0, flavour.unusualServices))
  return names.map((name, index) => {
    const [low, high] = flavour.requestsPerSecond
    const quantile = ((strata[index] ?? 0) + prng.next()) / names.length
    const requestsPerSecond = low * (high / low) ** quantile
    const errorRate = unusual.has(index)
      ? pick(prng, [logUniform(prng, ...flavour.unusualRate), logUniform(prng, 0.000_005, 0.000_05)])
      : logUniform(prng, ...flavour.errorRate)
    const logsClients = index === clientLogger
    return {
      name,
      requestsPerSecond,
      dayAmplitude: uniform(prng, 0.2, 0.65),
      peakHour: uniform(prng, 10, 21),
      errorRate,
      ...planNoise(prng, flavour, requestsPerSecond),
      routes: planRoutes(prng, requestsPerSecond, logsClients),
      regions: planRegions(prng, requestsPerSecond, logsClients),
      clients: logsClients ? planClients(prng) : [{ address: null, share: 1 }],
      logsVersion: chance(prng, flavour.versionTagShare),
      errorStatuses: [500, 502, 503, 504].map((item) => ({ item, weight: logUniform(prng, 0.05, 1) })),
      calls: planCalls(prng, name, names),
      versionStyle: pick(prng, ['number', 'semver', 'commit'] as const),
    }
  })
}

function pickNames(prng: Prng, count: number): string[] {
  const gateways = GATEWAYS.slice(0, count >= 8 ? 2 : 1)
  const middle = shuffle(prng, MIDDLE).slice(0, count >= 8 ? 2 : 1)
  return [...gateways, ...middle, ...shuffle(prng, LEAVES)].slice(0, count)
}

function planCalls(prng: Prng, name: string, names: readonly string[]): string[] {
  const middle = names.filter((other) => MIDDLE.includes(other))
  const leaves = shuffle(
    prng,
    names.filter((other) => LEAVES.includes(other)),
  )
  if (GATEWAYS.includes(name)) return [...middle, ...leaves.slice(0, 2)]
  if (MIDDLE.includes(name)) return leaves.slice(0, integer(prng, 1, 3))
  return []
}

function planNoise(
  prng: Prng,
  flavour: Flavour,
  requestsPerSecond: number,
): Pick<ServiceSpec, 'burstiness' | 'burstCells'> {
  const kind = pickWeighted(
    prng,
    flavour.noise.map((item) => ({ item, weight: item.weight })),
  )
  const phi = uniform(prng, ...kind.phi)
  const requests = Math.max(requestsPerSecond * 10, 20)
  return {
    burstiness: Math.min((phi - 1) / (requests - 1), flavour.burstinessMax),
    burstCells: uniform(prng, ...kind.holdCells),
  }
}

/** Busy services have more routes and regions, thin ones few: so a world stays near its number of lines. */
function planRoutes(prng: Prng, requestsPerSecond: number, logsClients: boolean): RouteSpec[] {
  const most = requestsPerSecond > 20 ? 4 : 3
  const count = logsClients ? 2 : integer(prng, 2, most)
  const weights = Array.from({ length: count }, (_, i) => (1 / (i + 1)) * Math.exp(0.3 * normal(prng)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const factors = weights.map(() => Math.exp(0.5 * normal(prng)))
  const mean = factors.reduce((sum, factor, i) => sum + (factor * (weights[i] ?? 0)) / total, 0)
  return shuffle(prng, ROUTES)
    .slice(0, count)
    .map(([method, route], i) => ({
      method,
      route,
      share: (weights[i] ?? 0) / total,
      errorFactor: (factors[i] ?? 0) / mean,
      notFoundRate: chance(prng, 0.08) ? logUniform(prng, 0.002, 0.03) : 0,
    }))
}

function planRegions(prng: Prng, requestsPerSecond: number, logsClients: boolean): ServiceSpec['regions'] {
  if (requestsPerSecond < 2.5 || logsClients)
    return [{ name: chance(prng, 0.5) ? null : pick(prng, REGIONS), share: 1 }]
  const count = requestsPerSecond > 25 && chance(prng, 0.3) ? 3 : 2
  const weights = shuffle(prng, REGIONS)
    .slice(0, count)
    .map((name) => ({ name, weight: uniform(prng, 0.5, 1.5) }))
  const total = weights.reduce((sum, { weight }) => sum + weight, 0)
  return weights.map(({ name, weight }) => ({ name, share: weight / total }))
}

/** Some lines of the service name one of three known clients; the rest name none. Addresses are from the documentation ranges. */
function planClients(prng: Prng): ServiceSpec['clients'] {
  const addresses = ['192.0.2', '198.51.100', '203.0.113'].map((net) => `${net}.${integer(prng, 2, 250)}`)
  const known = addresses.map((address) => ({ address, share: uniform(prng, 0.06, 0.12) }))
  return [{ address: null, share: 1 - known.reduce((sum, { share }) => sum + share, 0) }, ...known]
}
