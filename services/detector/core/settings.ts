/** How the detector judges. Rates and shares are 0–1. */
export interface DetectorSettings {
  /** Over everything watched. */
  readonly falseAlarmsPerWeek: number
  readonly limits: ToldLimits
  /** By service name: what differs there. */
  readonly services: ReadonlyMap<string, Partial<ToldLimits> & { readonly enabled?: boolean }>
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
