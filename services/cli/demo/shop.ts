import type { ChangeKind } from '../../../shared/domain/change.ts'

/** A request as a line of the shop's log, `count` of them alike. */
export interface ShopEvent {
  readonly ts: string
  readonly service: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly version: string
  readonly host: string
  /** Of one request; nobody timed those that are counted together. */
  readonly duration_ms?: number
  readonly count: number
}

/** A change that the shop's people make, and when: seconds after the demo began. */
export interface ShopChange {
  readonly atSecond: number
  readonly service: string
  readonly kind: ChangeKind
  readonly title: string
  readonly author: string
  readonly version?: string
  readonly previous_version?: string
  readonly source: string
}

/** How long the bad release takes to reach every host. */
const ROLLOUT_SECONDS = 8
const BAD_RELEASE_SECOND = 25
/** Of the payments on the bad release. */
const BAD_ERROR_RATE = 0.35
const NORMAL_ERROR_RATE = 0.001

/** Innocent changes shortly before a bad release, as on any working day. */
export const SHOP_CHANGES: readonly ShopChange[] = [
  {
    atSecond: 7,
    service: 'search',
    kind: 'feature_flag',
    title: 'new-ranking',
    author: 'lin',
    source: 'launchdarkly',
  },
  { atSecond: 15, service: 'gateway', kind: 'config', title: 'raise keep-alive', author: 'sam', source: 'github' },
  {
    atSecond: BAD_RELEASE_SECOND,
    service: 'checkout',
    kind: 'deploy',
    title: 'Pay with one tap',
    author: 'ana',
    version: 'v42',
    previous_version: 'v41',
    source: 'kubernetes',
  },
]

/** Who calls whom in the shop. */
export const SHOP_CALLS = { gateway: ['checkout', 'search', 'catalog'] } as const

interface Route {
  readonly service: string
  readonly method: string
  readonly path: (item: number) => string
  /** Requests a second at the gateway. */
  readonly perSecond: number
  readonly milliseconds: number
}

const ROUTES: readonly Route[] = [
  { service: 'catalog', method: 'GET', path: (item) => `/products/${item}`, perSecond: 70, milliseconds: 18 },
  { service: 'search', method: 'GET', path: () => '/search', perSecond: 45, milliseconds: 42 },
  { service: 'checkout', method: 'GET', path: (item) => `/cart/${item}`, perSecond: 25, milliseconds: 12 },
  { service: 'checkout', method: 'POST', path: (item) => `/pay/${item}`, perSecond: 15, milliseconds: 140 },
]
const HOSTS_PER_SERVICE = 4
const ITEMS = 10_000

/**
 * What the shop logs in the second that begins at `atMs`; `second` counts from the demo's beginning, negative before it.
 * `random` draws from [0, 1).
 */
export function shopSecond(at: { readonly atMs: number; readonly second: number }, random: () => number): ShopEvent[] {
  return ROUTES.flatMap((route) => {
    const requests = Math.round(route.perSecond * (0.8 + 0.4 * random()))
    return Array.from({ length: requests }, () => visit(route, at, random)).flat()
  })
}

/** Ten seconds of the shop's ordinary past, alike requests counted together. */
export function shopPast(atMs: number, random: () => number): ShopEvent[] {
  return ROUTES.flatMap((route) =>
    Array.from({ length: HOSTS_PER_SERVICE }, (_, host) => {
      const requests = Math.round(((10 * route.perSecond) / HOSTS_PER_SERVICE) * (0.9 + 0.2 * random()))
      const failed = random() < requests * NORMAL_ERROR_RATE ? 1 : 0
      const event = { ts: new Date(atMs).toISOString(), method: route.method, path: route.path(1) }
      const alike = (count: number, isFailed: boolean) =>
        count === 0
          ? []
          : behindGateway({ ...event, count }, { route, host, version: versionOf(route.service, host, -1), isFailed })
      return [...alike(requests - failed, false), ...alike(failed, true)]
    }).flat(),
  )
}

/** One customer's request: through the gateway to a service behind it. */
function visit(route: Route, at: { atMs: number; second: number }, random: () => number): ShopEvent[] {
  const host = Math.floor(random() * HOSTS_PER_SERVICE)
  const version = versionOf(route.service, host, at.second)
  const isBad = version === 'v42' && route.method === 'POST'
  const fails = random() < (isBad ? BAD_ERROR_RATE : NORMAL_ERROR_RATE)
  const event = {
    ts: new Date(at.atMs + Math.floor(random() * 1000)).toISOString(),
    method: route.method,
    path: route.path(Math.floor(random() * ITEMS)),
    duration_ms: Math.round(route.milliseconds * (0.5 + random() ** 3 * 4)),
    count: 1,
  }
  return behindGateway(event, { route, host, version, isFailed: fails })
}

/** A request as the service that answers it logs it, and as the gateway does. */
function behindGateway(
  event: Pick<ShopEvent, 'ts' | 'method' | 'path' | 'duration_ms' | 'count'>,
  of: { readonly route: Route; readonly host: number; readonly version: string; readonly isFailed: boolean },
): ShopEvent[] {
  const { service } = of.route
  return [
    { ...event, service, host: `${service}-${of.host}`, version: of.version, status: of.isFailed ? 500 : 200 },
    { ...event, service: 'gateway', host: `gateway-${of.host % 2}`, version: 'v7', status: of.isFailed ? 502 : 200 },
  ]
}

/** The bad release reaches one host after the other. */
function versionOf(service: string, host: number, second: number): string {
  if (service !== 'checkout') return service === 'search' ? 'v19' : 'v30'
  const reachedAt = BAD_RELEASE_SECOND + (host * ROLLOUT_SECONDS) / HOSTS_PER_SERVICE
  return second >= reachedAt ? 'v42' : 'v41'
}
