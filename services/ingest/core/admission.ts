import { OVERFLOW_SERVICE } from '../../../shared/domain/access-event.ts'
import { createTrafficSketch, type TrafficSketch } from './traffic-sketch.ts'

export interface AdmissionLimits {
  readonly maxServices: number
  readonly maxRoutesPerService: number
}

/** The service and route names of one block, by their codes in its dictionaries, with their traffic. */
export interface BlockNames {
  readonly service: { readonly values: readonly string[] }
  readonly route: {
    readonly size: number
    /** Makes the name anew: held together, a flood's names would outlive each sweep of the garbage and widen the heap. */
    nameOf(code: number): string
    readonly services: ArrayLike<number>
    readonly requests: ArrayLike<number>
  }
}

/** The codes in a block's dictionaries whose names are to be replaced by the overflow names. */
export interface Overflow {
  readonly services: readonly number[]
  readonly routes: readonly number[]
}

export interface Admission {
  /** Which names of the next block have no place. Depends on the blocks so far only: the same log gives the same names. */
  admit(block: BlockNames): Overflow
}

/**
 * Keeps names that come from outside bounded: paths and host headers are whatever a client writes. Half of each list is
 * given at first sight. The other half must be earned by traffic, and the fewer places are left the more it takes: neither
 * names that come once each nor a scanner's list that comes again and again shut out a busy route that comes after them.
 * What was admitted stays: a series never changes its name midway.
 */
export function createAdmission(limits: AdmissionLimits): Admission {
  const sketch = createTrafficSketch(SKETCH_CAPACITY)
  const services = createAdmissionList('', limits.maxServices, sketch)
  const routesByService = new Map<string, AdmissionList>()

  function routesOf(service: string): AdmissionList {
    const known = routesByService.get(service)
    if (known !== undefined) return known
    const list = createAdmissionList(service, limits.maxRoutesPerService, sketch)
    routesByService.set(service, list)
    return list
  }

  return {
    admit({ service, route }) {
      const requests = requestsByService(route)
      const admitted = service.values.map((name, code) => services.admits(name, requests.get(code) ?? 0))
      const overflowRoutes: number[] = []
      for (let code = 0; code < route.size; code++) {
        const serviceCode = route.services[code] ?? 0
        const owner = admitted[serviceCode] === true ? (service.values[serviceCode] ?? '') : OVERFLOW_SERVICE
        const isAdmitted = routesOf(owner).admits(route.nameOf(code), route.requests[code] ?? 0)
        if (!isAdmitted) overflowRoutes.push(code)
      }
      return { services: admitted.flatMap((isAdmitted, code) => (isAdmitted ? [] : [code])), routes: overflowRoutes }
    },
  }
}

/** Names waiting for admission, of all lists together: what a flood can make us remember. */
const SKETCH_CAPACITY = 8_192

/** Requests that a name must gather when half of its list is free. */
const REQUESTS_TO_EARN = 32

interface AdmissionList {
  admits(name: string, requests: number): boolean
}

function createAdmissionList(owner: string, limit: number, sketch: TrafficSketch): AdmissionList {
  const names = new Set<string>()

  function hasPlace(name: string, requests: number): boolean {
    if (names.size < limit / 2) return true
    if (names.size >= limit) return false
    const required = (REQUESTS_TO_EARN * (limit / 2)) / (limit - names.size)
    return sketch.add(name, requests, owner) >= required
  }

  return {
    admits(name, requests) {
      // A dictionary may hold names that no row of this block uses.
      if (names.has(name) || requests === 0) return true
      if (!hasPlace(name, requests)) return false
      names.add(name)
      return true
    },
  }
}

/** The names that a block's events are stored under, once its overflow is folded away. */
export function storedServices({ service, route }: BlockNames, overflow: Overflow): string[] {
  const used = new Set<number>()
  for (let code = 0; code < route.size; code++) {
    if ((route.requests[code] ?? 0) > 0) used.add(route.services[code] ?? 0)
  }
  for (const code of overflow.services) used.delete(code)
  const own = [...used].map((code) => service.values[code] ?? '')
  return overflow.services.length === 0 ? own : [...own, OVERFLOW_SERVICE]
}

function requestsByService({ size, services, requests }: BlockNames['route']): Map<number, number> {
  const total = new Map<number, number>()
  for (let code = 0; code < size; code++) {
    const service = services[code] ?? 0
    total.set(service, (total.get(service) ?? 0) + (requests[code] ?? 0))
  }
  return total
}
