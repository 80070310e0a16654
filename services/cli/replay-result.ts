import type { Incident } from '../../shared/domain/incident.ts'
import type { IncidentView } from '../../shared/faces/incident-view.ts'
import type { Reject } from '../ingest/core/parsed-block.ts'
import type { ServiceOrigin } from '../ingest/core/service-name.ts'

/** What was read. Counts, and epoch milliseconds of event time; null when nothing was read. */
export interface ReplaySummary {
  readonly lines: number
  readonly parsed: number
  readonly rejected: number
  readonly events: number
  readonly requests: number
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly services: number
  readonly series: number
  /** Of it, reading and storing the logs. */
  readonly loadMs: number
  readonly elapsedMs: number
}

/** The smallest rise that would be seen on a route within a time, at its present traffic. */
export interface DetectableRise {
  readonly service: string
  /** With its method; null for the service as a whole. */
  readonly route: string | null
  /** Share of requests, 0–1; null when not even every request failing would be seen in that time. */
  readonly smallestRise: number | null
  readonly withinMs: number
}

interface Replayed {
  readonly summary: ReplaySummary
  readonly serviceOrigin: ServiceOrigin | null
  /** Events that were read in another format than that of their log, by its name. */
  readonly otherFormats?: Readonly<Record<string, number>>
  readonly firstRejects: readonly Reject[]
  /** How many changes were given; null when no list was. */
  readonly changesGiven: number | null
  /** Busiest route first. */
  readonly detectable: readonly DetectableRise[]
}

/** What a replay found. Incidents are in the order in which they began. */
export interface ReplayFindings extends Replayed {
  readonly incidents: readonly Incident[]
  /** One an incident, where faces were asked for. */
  readonly views: readonly IncidentView[]
}

/** What the faces show of it. */
export interface ReplayResult extends Replayed {
  readonly incidents: readonly IncidentView[]
}
