import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Feedback } from '../../../shared/domain/command.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { type Course, findCourse } from './error-course.ts'
import type { EvidenceData, EvidenceRequest, Links } from './evidence-data.ts'
import type { SpikeGroup } from './group.ts'
import { groupBy } from './group-by.ts'
import { findNormalRate } from './normal-rate.ts'
import { findRiseMs } from './rise-time.ts'
import type { Root } from './root.ts'
import type { CorrelatorSettings } from './settings.ts'
import { isMostlyGateway } from './status-shares.ts'
import { receiverOf, type Topology } from './topology.ts'

/** One incident with all that was read for it: what every evidence looks at. */
export interface IncidentCase {
  readonly group: SpikeGroup
  readonly root: string
  /** The root's spike whose onset is known best. */
  readonly spike: Spike
  /** Failing services, the root among them. */
  readonly services: readonly string[]
  /** Those of them, the root apart, that fail as a proxy in front of a broken service does. */
  readonly victims: readonly string[]
  readonly onsetAtMs: number
  /** How long the errors took to rise to half of what they came to. */
  readonly riseMs: number
  readonly course: Course
  /** Share of the requests that it is about which failed before, 0–1. */
  readonly normalRate: number
  /** Recovery, or the newest cell judged. */
  readonly endAtMs: number
  readonly resolvedAtMs: number | null
  readonly alreadyFailing: boolean
  readonly request: EvidenceRequest
  readonly data: EvidenceData
  readonly topology: Topology
  /** By service: what its log names as receivers of requests, other services or third parties. */
  readonly receivers: ReadonlyMap<string, ReadonlySet<string>>
  readonly settings: CorrelatorSettings
  /** The last word of a person on who did it. */
  readonly feedback?: Feedback
}

const MINUTE_MS = 60_000
/** 10-second cells around the onset: rollouts take minutes, and what comes later tells nothing new. */
const CELLS_BEFORE_MS = 20 * MINUTE_MS
const CELLS_AFTER_MS = 30 * MINUTE_MS
const MINUTES_AFTER_MS = 6 * 60 * MINUTE_MS
/** Room for the recovery after a rollback to be seen. */
const MINUTES_PAST_END_MS = 15 * MINUTE_MS
/** Single clients and hosts come from the raw rows: an hour of them is enough and can be afforded. */
const PARTS_BEFORE_MS = 30 * MINUTE_MS
const PARTS_AFTER_MS = 30 * MINUTE_MS
const VERSION_HISTORY_MS = 7 * 24 * 60 * MINUTE_MS
/** Errors just before the onset may already belong to it. */
const ONSET_MARGIN_MS = 2 * MINUTE_MS

/** What has to be read for a group of spikes before it can be judged. */
export function planEvidence(group: SpikeGroup, root: Root, settings: CorrelatorSettings): EvidenceRequest {
  const onsetAtMs = root.spike.onsetAtMs
  const { endAtMs } = incidentEnd(group)
  const services = [...new Set(group.spikes.map(({ service }) => service))].toSorted()
  const beforeMs = Math.min(onsetAtMs - ONSET_MARGIN_MS, ...group.spikes.map((spike) => spike.onsetAtMs))
  const cellsToMs = onsetAtMs + CELLS_AFTER_MS
  return {
    env: group.env,
    root: root.service,
    services,
    routes: failingRoutes(group, root.service),
    errors: root.spike.errorStatuses,
    onsetAtMs,
    cells: { fromMs: floorTo(onsetAtMs - CELLS_BEFORE_MS, CELL_MS), toMs: Math.min(endAtMs, cellsToMs) },
    minutes: {
      fromMs: floorTo(onsetAtMs - settings.lookbackMs, MINUTE_MS),
      toMs: Math.min(endAtMs + MINUTES_PAST_END_MS, onsetAtMs + MINUTES_AFTER_MS),
    },
    parts: { fromMs: onsetAtMs - PARTS_BEFORE_MS, toMs: Math.min(endAtMs, onsetAtMs + PARTS_AFTER_MS) },
    during: { fromMs: onsetAtMs, toMs: endAtMs },
    before: { fromMs: floorTo(onsetAtMs - settings.lookbackMs, MINUTE_MS), toMs: floorTo(beforeMs, CELL_MS) },
    versions: { fromMs: floorTo(onsetAtMs - VERSION_HISTORY_MS, MINUTE_MS), toMs: Math.max(endAtMs, cellsToMs) },
  }
}

/** Joins a group with what was read for it. */
export function toCase(input: {
  readonly group: SpikeGroup
  readonly root: Root
  readonly request: EvidenceRequest
  readonly data: EvidenceData
  readonly links: Pick<Links, 'statuses' | 'upstreams'>
  readonly topology: Topology
  readonly settings: CorrelatorSettings
  readonly feedback?: Feedback
}): IncidentCase {
  const { group, root, request, data, links, topology, settings, feedback } = input
  const victims = group.spikes.filter(
    ({ id, service }) => service !== root.service && isMostlyGateway(links.statuses.get(id)),
  )
  const scoped = data.cells.filter((cell) => cell.service === root.service && isInScope(request, cell))
  const ofRoot = group.spikes.filter(({ service }) => service === root.service)
  const isOfErrors = root.spike.signal === 'error_rate'
  const end = incidentEnd(group)
  const normalRate = findNormalRate(root.spike, data.scopeMinutes)
  return {
    group,
    root: root.service,
    spike: root.spike,
    services: request.services,
    victims: [...new Set(victims.map(({ service }) => service))],
    onsetAtMs: root.spike.onsetAtMs,
    riseMs: isOfErrors ? findRiseMs(root.spike, scoped) : 0,
    normalRate,
    course: findCourse(root.spike, isOfErrors ? scoped : [], { normalRate, endAtMs: end.endAtMs }),
    ...end,
    alreadyFailing: ofRoot.some((spike) => spike.alreadyFailing),
    request,
    data,
    topology,
    receivers: receiversOf(links.upstreams),
    settings,
    ...(feedback !== undefined && { feedback }),
  }
}

function receiversOf(upstreams: Links['upstreams']): IncidentCase['receivers'] {
  return new Map(
    [...groupBy(upstreams, ({ service }) => service)].map(([service, links]) => {
      return [service, new Set(links.flatMap(({ upstream }) => receiverOf(upstream) ?? []))]
    }),
  )
}

/** What failed is over when nothing fails any more, though it may be slow for longer. */
function incidentEnd(group: SpikeGroup): { endAtMs: number; resolvedAtMs: number | null } {
  const failing = group.spikes.filter(({ signal }) => signal !== 'latency')
  const spikes = failing.length > 0 ? failing : group.spikes
  const lasting = spikes.filter((spike) => spike.resolvedAtMs === null && !isOverWithItsService(spike, spikes))
  const resolved = spikes.flatMap(({ resolvedAtMs }) => resolvedAtMs ?? [])
  const resolvedAtMs = lasting.length > 0 || resolved.length === 0 ? null : Math.max(...resolved)
  return { endAtMs: resolvedAtMs ?? Math.max(...spikes.map((spike) => spike.updatedAtMs)), resolvedAtMs }
}

/** A quiet route may never get the requests that would show its recovery; its service's stands for it, unless it failed since. */
function isOverWithItsService(spike: Spike, spikes: readonly Spike[]): boolean {
  if (spike.signal !== 'error_rate') return false
  return spikes.some(
    ({ env, service, route, signal, resolvedAtMs }) =>
      signal === 'error_rate' &&
      route === null &&
      env === spike.env &&
      service === spike.service &&
      resolvedAtMs !== null &&
      spike.lastErrorAtMs < resolvedAtMs,
  )
}

/** Routes of the root with a spike of their own: where there are some, the others are at most its echo. */
function failingRoutes({ spikes }: SpikeGroup, root: string): readonly string[] {
  const routes = spikes.flatMap(({ service, method, route }) => {
    return service === root && route !== null ? [routeKey(method ?? '', route)] : []
  })
  return [...new Set(routes)].toSorted()
}

/** How a route is named where method and template go together. */
export function routeKey(method: string, route: string): string {
  return `${method} ${route}`
}

/** Whether a row of the root belongs to what the incident is about. */
export function isInScope(request: EvidenceRequest, row: { readonly method: string; readonly route: string }): boolean {
  return request.routes.length === 0 || request.routes.includes(routeKey(row.method, row.route))
}

function floorTo(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs
}
