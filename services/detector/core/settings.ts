/** How the detector judges. Rates and shares are 0–1. */
export interface DetectorSettings {
  /** Over everything watched. */
  readonly falseAlarmsPerWeek: number
  readonly limits: ToldLimits
  readonly trafficDrop: TrafficDropLimits
  readonly latency: LatencyLimits
  /** Whether client errors that begin with a change are looked for. */
  readonly clientErrors: boolean
  /** By service name: what differs there. */
  readonly services: ReadonlyMap<string, ServiceSettings>
}

export type ServiceSettings = Partial<ToldLimits> & {
  readonly enabled?: boolean
  readonly trafficDrop?: Partial<TrafficDropLimits>
  readonly latency?: Partial<LatencyLimits>
  readonly clientErrors?: boolean
}

/** A request is slow when it takes `slowdown` times as long as all but the slowest twentieth normally do. */
export interface LatencyLimits {
  readonly enabled: boolean
  readonly slowdown: number
}

/** Missing traffic is told of only when at least this `share` of it, 0–1, is missing. */
export interface TrafficDropLimits {
  readonly enabled: boolean
  readonly share: number
}

/** A rise is told of only when it is at least this much. */
export interface ToldLimits {
  /** Errors above what the baseline expects. */
  readonly excessErrors: number
  /** Share of requests above the baseline. */
  readonly uplift: number
  /** Error rate over the baseline's. */
  readonly ratio: number
}
