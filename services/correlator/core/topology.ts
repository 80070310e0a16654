import ipaddr from 'ipaddr.js'
import type { Links } from './evidence-data.ts'
import type { CorrelatorSettings } from './settings.ts'

/** Which services each service calls directly. */
export type Topology = ReadonlyMap<string, ReadonlySet<string>>

/** Further than this a call chain is not followed. */
const DEPTH_MAX = 4

/** Declared calls, and those learned where a log's upstream names a service of the log (`checkout:8080`, `http://checkout.svc`). */
export function buildTopology(settings: CorrelatorSettings, links: Pick<Links, 'services' | 'upstreams'>): Topology {
  const topology = new Map<string, Set<string>>()
  const add = (caller: string, callee: string): void => {
    if (caller !== callee) topology.set(caller, (topology.get(caller) ?? new Set<string>()).add(callee))
  }
  for (const [caller, { calls }] of Object.entries(settings.services)) {
    for (const callee of calls) add(caller, callee)
  }
  const services = new Set(links.services)
  for (const { service, upstream } of links.upstreams) {
    const callee = serviceNamedBy(upstream, services)
    if (callee !== undefined) add(service, callee)
  }
  return topology
}

/** The service that an upstream names, if it is one of these; an address of an instance names none. */
export function serviceNamedBy(upstream: string, services: ReadonlySet<string>): string | undefined {
  return upstream.split(/[^A-Za-z0-9_-]+/).find((part) => services.has(part))
}

/** A name with a domain, or an address, after a scheme if there is one; its port and path are not of interest. */
const RECEIVER = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\[([0-9a-f:]+)\]|([^:/[\]]+))\.?(?::\d+)?(?:\/.*)?$/i
const DOMAIN_NAME = /^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*$/

/**
 * What an upstream names as the receiver of a request: a domain name, without what numbers its instances, or that it is
 * somewhere in the open internet. Undefined of a private address or a bare name: mostly an instance of the service itself.
 */
export function receiverOf(upstream: string): string | undefined {
  const [, ipv6, name] = RECEIVER.exec(upstream) ?? []
  const host = (ipv6 ?? name ?? '').toLowerCase()
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'unicast' ? 'public addresses' : undefined
  return DOMAIN_NAME.test(host) ? host.replace(/\d+/g, '#') : undefined
}

/** Whether a request to `caller` may end up, through others, at `callee`. */
export function reaches(topology: Topology, caller: string, callee: string): boolean {
  let level = new Set([caller])
  const seen = new Set(level)
  for (let depth = 0; depth < DEPTH_MAX && level.size > 0; depth += 1) {
    const next = new Set<string>()
    for (const service of level) {
      for (const called of topology.get(service) ?? []) {
        if (called === callee) return true
        if (!seen.has(called)) next.add(called)
        seen.add(called)
      }
    }
    level = next
  }
  return false
}
