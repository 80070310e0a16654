import type { StatusRange } from '../../../shared/domain/status-range.ts'

/** Requests and server errors of one series in one cell. An empty string means that the log had none. */
export interface TrafficCell {
  readonly startMs: number
  readonly service: string
  readonly method: string
  readonly route: string
  readonly version: string
  readonly region: string
  readonly requests: number
  readonly errors: number
}

/** One service in one minute; `errors` counts every 5xx, the others the part of them that speaks of something else failing. */
export interface ServiceMinute {
  readonly startMs: number
  readonly service: string
  readonly requests: number
  readonly errors: number
  /** 502 and 504. */
  readonly gatewayErrors: number
  /** 503. */
  readonly unavailableErrors: number
}

/** The routes that the incident is about, on the root service, in one minute. */
export interface ScopeMinute {
  readonly startMs: number
  readonly requests: number
  readonly errors: number
}

/** When a version served a service, and how well before the onset. */
export interface VersionSpan {
  readonly service: string
  readonly version: string
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly requestsBefore: number
  readonly errorsBefore: number
}

/** A service and a version that its log names; an empty one: lines that name none. */
export interface SightedVersion {
  readonly env: string
  readonly service: string
  readonly version: string
}

/** Which versions of services to read, and what of them. */
export interface VersionsRequest {
  readonly env: string
  readonly services: readonly string[]
  readonly range: TimeRange
  /** From here on the first appearance is read to the cell, before it to the minute. */
  readonly exactFromMs: number
  /** Requests and errors are counted until then. */
  readonly countedToMs: number
  readonly errors: StatusRange
}

/** One series in total: between onset and end, and in the hours before. */
export interface SeriesTotal {
  readonly service: string
  readonly method: string
  readonly route: string
  readonly version: string
  readonly region: string
  readonly requests: number
  readonly errors: number
  readonly requestsBefore: number
  readonly errorsBefore: number
}

export interface StatusTotal {
  readonly service: string
  readonly status: number
  readonly requests: number
}

export const PART_DIMENSIONS = ['client', 'user_agent', 'host'] as const
export type PartDimension = (typeof PART_DIMENSIONS)[number]

/** One client, user agent or host of the incident's routes. An empty value: lines that name none, and the many small ones. */
export interface PartTotal {
  readonly dimension: PartDimension
  readonly value: string
  readonly requests: number
  readonly errors: number
  readonly requestsBefore: number
  readonly errorsBefore: number
  /** How many different values of the dimension there were, this one included. */
  readonly valueCount: number
}

/** An instance that served the root service: `host` where the log has it, else `upstream`. */
export interface HostMinute {
  readonly startMs: number
  readonly host: string
  readonly requests: number
  readonly errors: number
}

/** What the root passed on, and how large its good answers were, in one minute. An empty upstream: lines that name none. */
export interface ServedMinute {
  readonly startMs: number
  readonly upstream: string
  readonly requests: number
  readonly errors: number
  /** Answered with 2xx, their size known. */
  readonly sizedRequests: number
  /** Sum of ln of those sizes in bytes. */
  readonly sizeLogSum: number
}

/** Everything read for one incident. All lists are bounded where they are read; their order means nothing. */
export interface EvidenceData {
  /** 10-second cells around the onset, of the incident's services. */
  readonly cells: readonly TrafficCell[]
  /** Every service of the environment, around the onset. */
  readonly serviceMinutes: readonly ServiceMinute[]
  readonly scopeMinutes: readonly ScopeMinute[]
  readonly versions: readonly VersionSpan[]
  readonly totals: readonly SeriesTotal[]
  readonly statuses: readonly StatusTotal[]
  readonly parts: readonly PartTotal[]
  readonly hostMinutes: readonly HostMinute[]
  readonly served: readonly ServedMinute[]
}

export interface TimeRange {
  /** Included. */
  readonly fromMs: number
  /** Excluded. */
  readonly toMs: number
}

/** What to read for one incident; every range is decided here and none by the reader. */
export interface EvidenceRequest {
  readonly env: string
  readonly root: string
  /** The incident's services, the root among them. */
  readonly services: readonly string[]
  /** `METHOD route` of the root that the incident is about; empty: all of them. */
  readonly routes: readonly string[]
  /** What counts as an error. */
  readonly errors: StatusRange
  readonly onsetAtMs: number
  readonly cells: TimeRange
  readonly minutes: TimeRange
  /** Where single clients and hosts are looked at, before the onset and after. */
  readonly parts: TimeRange
  readonly during: TimeRange
  readonly before: TimeRange
  readonly versions: TimeRange
}

/** Who called whom, as the log's `upstream` names it. */
interface UpstreamLink {
  readonly service: string
  readonly upstream: string
}

/** How the errors of a spike divide: shares of 502 and 504, of 503, and of 500 and the rest; they sum to 1. */
export interface StatusShares {
  readonly internal: number
  readonly gateway: number
  readonly unavailable: number
}

export interface LinksRequest {
  readonly services: readonly string[]
  /** Spikes whose statuses are wanted. */
  readonly spikes: readonly {
    readonly id: string
    readonly env: string
    readonly service: string
    readonly range: TimeRange
  }[]
}

/** What ties spikes of different services. */
export interface Links {
  /** Services that the log knows. */
  readonly services: readonly string[]
  readonly upstreams: readonly UpstreamLink[]
  readonly statuses: ReadonlyMap<string, StatusShares>
}
