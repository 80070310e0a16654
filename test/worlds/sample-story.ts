import { MINUTE_MS } from './clock.ts'

export interface SampleRoute {
  readonly method: string
  /** `#` stands for a number from 1 to `ids`. */
  readonly path: string
  readonly ids?: number
  readonly share: number
  readonly status: number
  readonly bytes: number
}

export interface SampleService {
  readonly name: string
  readonly requestsPerSecond: number
  readonly errorRate: number
  readonly routes: readonly SampleRoute[]
}

export const SAMPLE_START_MS = Date.UTC(2026, 9, 2, 12, 30)
export const SAMPLE_SECONDS = 3 * 60 * 60

export const SAMPLE_SERVICES: readonly SampleService[] = [
  {
    name: 'checkout',
    requestsPerSecond: 1.7,
    errorRate: 0.002,
    routes: [
      { method: 'GET', path: '/cart', share: 0.35, status: 200, bytes: 411 },
      { method: 'POST', path: '/cart/items', share: 0.25, status: 201, bytes: 96 },
      { method: 'POST', path: '/pay/#', ids: 999, share: 0.4, status: 200, bytes: 122 },
    ],
  },
  {
    name: 'shop',
    requestsPerSecond: 1.3,
    errorRate: 0.001,
    routes: [
      { method: 'GET', path: '/', share: 0.3, status: 200, bytes: 5_210 },
      { method: 'GET', path: '/products/#', ids: 80, share: 0.7, status: 200, bytes: 2_048 },
    ],
  },
  {
    name: 'search',
    requestsPerSecond: 0.6,
    errorRate: 0.002,
    routes: [{ method: 'GET', path: '/search?page=#', ids: 5, share: 1, status: 200, bytes: 1_733 }],
  },
  {
    name: 'accounts',
    requestsPerSecond: 0.3,
    errorRate: 0.001,
    routes: [
      { method: 'GET', path: '/me', share: 0.7, status: 200, bytes: 310 },
      { method: 'POST', path: '/login', share: 0.3, status: 302, bytes: 0 },
    ],
  },
]

/** What goes wrong on any day. */
export const SAMPLE_ERRORS = [
  { item: 500, weight: 5 },
  { item: 502, weight: 3 },
  { item: 504, weight: 2 },
]

const at = (time: string): number => Date.parse(`2026-10-02T${time}Z`)

/** Errors rise with the rollout, 20 seconds after its start, and fall with the rollback. */
export const SAMPLE_FAULT = {
  service: 'checkout',
  path: '/pay/#',
  share: 0.3,
  startMs: at('14:03:10'),
  fullMs: at('14:03:10') + 0.5 * MINUTE_MS,
  recoveringMs: at('14:17:40'),
  endMs: at('14:19:00'),
}

export const SAMPLE_CHANGES = [
  {
    id: 'shop-118',
    ts: '2026-10-02T12:41:05Z',
    finished_at: '2026-10-02T12:44:30Z',
    kind: 'deploy',
    service: 'shop',
    version: 'v118',
    previous_version: 'v117',
    title: 'product page: larger pictures',
    author: 'ben',
    source: 'kubernetes',
  },
  {
    id: 'checkout-41',
    ts: '2026-10-02T13:08:20Z',
    finished_at: '2026-10-02T13:11:00Z',
    kind: 'deploy',
    service: 'checkout',
    version: 'v41',
    previous_version: 'v40',
    title: 'cart: remember quantities',
    author: 'eva',
    source: 'kubernetes',
  },
  {
    id: 'search-71',
    ts: '2026-10-02T13:57:30Z',
    finished_at: '2026-10-02T14:00:10Z',
    kind: 'deploy',
    service: 'search',
    version: 'v71',
    previous_version: 'v70',
    title: 'search: new ranking',
    author: 'hugo',
    source: 'kubernetes',
  },
  {
    id: 'checkout-42',
    ts: '2026-10-02T14:02:50Z',
    finished_at: '2026-10-02T14:05:00Z',
    kind: 'deploy',
    service: 'checkout',
    version: 'v42',
    previous_version: 'v41',
    title: 'pay: new client for the card terminal',
    author: 'ana',
    source: 'kubernetes',
  },
  {
    id: 'flag-express-pay',
    ts: '2026-10-02T14:07:15Z',
    kind: 'feature_flag',
    service: 'checkout',
    title: 'express-pay on for 10 % of customers',
    author: 'chloe',
    source: 'launchdarkly',
  },
  {
    id: 'checkout-42-rollback',
    ts: '2026-10-02T14:17:40Z',
    finished_at: '2026-10-02T14:19:00Z',
    kind: 'rollback',
    service: 'checkout',
    version: 'v41',
    previous_version: 'v42',
    title: 'roll back to v41',
    author: 'ana',
    source: 'kubernetes',
  },
]
