import { CELL_MS } from '../../shared/domain/cell.ts'
import { createDose } from './dose.ts'
import { cellEvidence } from './expected-evidence.ts'
import { causeOf, type Effect, type FaultKind, isHurt, strengthIn } from './faults.ts'
import type { ServiceSpec } from './services.ts'
import { expectedErrorRate, expectedRate } from './traffic.ts'
import type { World } from './world.ts'

/** What truly happened: one fault of a world, with all that an answer is measured against. Times are epoch milliseconds. */
export interface TrueFault {
  readonly kind: FaultKind
  /** Where it began. */
  readonly service: string
  /** Its callers that show it. */
  readonly callers: readonly string[]
  /** Null: all routes, all regions. */
  readonly routes: readonly string[] | null
  readonly region: string | null
  readonly startMs: number
  readonly endMs: number
  readonly cause: 'change' | 'upstream' | 'load' | 'client'
  /** Null when no change is guilty. */
  readonly culpritChangeId: string | null
  /** Share of the requests that it meets which it fails at full strength. */
  readonly added: number
  readonly rampMs: number
  /** Requests per second that it can hurt, as expected when it starts. */
  readonly requestsPerSecond: number
  /** As drawn, the callers' included. */
  readonly extraErrors: number
  /** Expected log-likelihood ratio of fault against none, nats, in each cell from the one where it starts. */
  readonly evidencePerCell: readonly number[]
}

/** The faults of a world in time order. `extraErrors` as drawn, by fault index. */
export function describeTruth(world: World, extraErrors: readonly number[]): TrueFault[] {
  return world.faults.map(({ kind, root, victims }, index) => {
    const culprit = world.changes.findIndex((change) => change.causes === index)
    const service = world.services.find(({ name }) => name === root.service)
    return {
      kind,
      service: root.service,
      callers: victims.map((victim) => victim.service),
      routes: root.routes,
      region: root.region,
      startMs: root.startMs,
      endMs: root.endMs,
      cause: causeOf(kind),
      culpritChangeId: world.records[culprit]?.id ?? null,
      added: root.added,
      rampMs: root.rampMs,
      requestsPerSecond:
        service === undefined ? 0 : expectedRate(service, world.flavour, root.startMs) * hurtPart(service, root).share,
      extraErrors: extraErrors[index] ?? 0,
      evidencePerCell: service === undefined ? [] : expectedEvidence(world, service, root),
    }
  })
}

/** The share of a service's traffic that an effect can hurt, and the mean error factor of its routes. */
function hurtPart(service: ServiceSpec, root: Effect): { readonly share: number; readonly errorFactor: number } {
  const hurt = service.regions.flatMap((region) =>
    service.routes
      .filter(({ route }) => isHurt(root, route, region.name))
      .map((route) => ({ share: region.share * route.share, errorFactor: route.errorFactor })),
  )
  const share = hurt.reduce((sum, one) => sum + one.share, 0)
  return { share, errorFactor: hurt.reduce((sum, one) => sum + (one.share * one.errorFactor) / share, 0) }
}

/** Of the hurt routes and regions together, at the service they break first. */
function expectedEvidence(world: World, service: ServiceSpec, root: Effect): number[] {
  const doseAt = createDose(world, root)
  const { share, errorFactor } = hurtPart(service, root)
  const firstMs = root.startMs - (root.startMs % CELL_MS)
  const cells = Math.ceil((root.endMs - firstMs) / CELL_MS)
  return Array.from({ length: cells }, (_, i) => {
    const startMs = firstMs + i * CELL_MS
    const strength = strengthIn(root, startMs) * doseAt(startMs + CELL_MS / 2)
    const normalRate = expectedErrorRate(service, world.flavour, startMs) * errorFactor
    const normalRequests = expectedRate(service, world.flavour, startMs) * (CELL_MS / 1_000) * share
    const own = root.client === null ? 0 : normalRequests * root.load * strength
    const load = root.client === null ? 1 + (root.load - 1) * strength : 1
    const requests = normalRequests * load + own
    const faultyRate =
      root.client === null
        ? normalRate + (1 - normalRate) * root.added * strength
        : (normalRequests * normalRate + own * root.added) / requests
    // A burst that holds for several cells repeats itself: that much less is learned from each.
    const burstiness = Math.min((service.burstiness * (4 * service.burstCells - 1)) / 3, 0.2)
    return cellEvidence({ requests, normalRate, faultyRate, burstiness })
  })
}
