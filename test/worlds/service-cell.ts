import { binomial } from './distributions.ts'
import type { Prng } from './prng.ts'
import type { VersionMix } from './rollout.ts'
import type { RouteSpec, ServiceSpec } from './services.ts'

/** What one service did in one cell. `lines` are whole NDJSON lines, each with its newline. */
export interface ServiceCell {
  readonly lines: readonly string[]
  readonly requests: number
  readonly errors: number
  /** Of the errors: 502 and 504, and 503. */
  readonly gatewayErrors: number
  readonly unavailableErrors: number
  /** In the order of the service's routes. */
  readonly routes: readonly RouteCount[]
  /** By fault index: the errors that would not have been without it. */
  readonly extraErrors: ReadonlyMap<number, number>
}

/** Server errors are among the requests. */
export interface RouteCount {
  readonly route: RouteSpec
  requests: number
  errors: number
}

/** A cell while it is drawn. */
export interface Draft {
  readonly lines: string[]
  requests: number
  errors: number
  gatewayErrors: number
  unavailableErrors: number
  readonly routes: readonly RouteCount[]
  readonly extraErrors: Map<number, number>
}

export function emptyDraft(service: ServiceSpec): Draft {
  return {
    ...{ lines: [], requests: 0, errors: 0, gatewayErrors: 0, unavailableErrors: 0 },
    routes: service.routes.map((route) => ({ route, requests: 0, errors: 0 })),
    extraErrors: new Map(),
  }
}

/** What is alike in the lines of one route, region and client: the parts of them around what varies. */
export interface LineFrame {
  readonly service: ServiceSpec
  readonly route: RouteSpec
  readonly head: string
  readonly tail: string
  /** What its lines may name as passed on to; none: they name nothing. */
  readonly upstreams: readonly string[]
}

/** Which instances of a service a line may name; 0: its log names none. */
export interface Pods {
  readonly prng: Prng
  readonly count: number
}

/** Writes the lines of one build's requests, by status, and counts them. `time` is how each line begins. */
export function record(
  draft: Draft,
  { frame, pods, time }: { readonly frame: LineFrame; readonly pods: Pods; readonly time: string },
  {
    served,
    statuses,
  }: { readonly served: VersionMix[number] | undefined; readonly statuses: ReadonlyMap<number, number> },
): void {
  const { service, route, head, tail, upstreams } = frame
  const tag = service.logsVersion ? `,"version":"${served?.build.version ?? 'v1'}"` : ''
  const ofRoute = draft.routes.find((one) => one.route === route)
  for (const [status, count] of statuses) {
    if (count === 0) continue
    for (const [host, part] of spreadOverPods(pods, { service, served, count }))
      for (const [upstream, passed] of spreadOverUpstreams(pods.prng, upstreams, part))
        draft.lines.push(`${time}${head}${status}${tag}${host}${upstream}${tail}${passed}}\n`)
    const errors = status >= 500 ? count : 0
    draft.requests += count
    draft.errors += errors
    if (status === 502 || status === 504) draft.gatewayErrors += count
    if (status === 503) draft.unavailableErrors += count
    if (ofRoute === undefined) continue
    ofRoute.requests += count
    ofRoute.errors += errors
  }
}

/** Requests that are passed on divide evenly over what they may be passed on to. */
function spreadOverUpstreams(
  prng: Prng,
  upstreams: readonly string[],
  count: number,
): (readonly [upstream: string, count: number])[] {
  if (upstreams.length === 0) return [['', count]]
  let left = count
  return upstreams
    .map((name, i) => {
      const part = i === upstreams.length - 1 ? left : binomial(prng, left, 1 / (upstreams.length - i))
      left -= part
      return [`,"upstream":"${name}:8080"`, part] as const
    })
    .filter(([, part]) => part > 0)
}

/** The requests of a build divide evenly over the pods that run it; each rollout, a rollback too, makes new ones. */
function spreadOverPods(
  { prng, count: podCount }: Pods,
  drawn: { readonly service: ServiceSpec; readonly served: VersionMix[number] | undefined; readonly count: number },
): (readonly [host: string, count: number])[] {
  if (podCount === 0) return [['', drawn.count]]
  const { share, rollout } = drawn.served ?? { share: 1, rollout: 0 }
  const pods = Math.max(Math.round(share * podCount), 1)
  let left = drawn.count
  return Array.from({ length: pods }, (_, i) => {
    const part = i === pods - 1 ? left : binomial(prng, left, 1 / (pods - i))
    left -= part
    return [`,"host":"${drawn.service.name}-${rollout}-${i + 1}"`, part] as const
  }).filter(([, part]) => part > 0)
}
