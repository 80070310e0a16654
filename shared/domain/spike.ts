import type { Signal } from './incident.ts'
import type { StatusRange } from './status-range.ts'

/** One place the errors may have begun: `weight` is its share of the change-point likelihood (all weights sum to 1). */
export interface OnsetGuess {
  readonly atMs: number
  readonly weight: number
}

/** What is missing of a service's requests. */
export interface MissingTraffic {
  /** Between onset and recovery, or until now. */
  readonly expectedRequests: number
  /** End of the newest cell with a request; null while some still come. */
  readonly silentSinceMs: number | null
  /** Other services of the environment, and those of them that had requests of late: with none, the logs' sender may have died. */
  readonly othersKnown: number
  readonly othersSending: number
}

/** How long the requests of a service that became slow take, ms. */
export interface Slowness {
  /** A request that takes longer is slow. */
  readonly slowerThanMs: number
  /** The 95th percentile: normally, and while it lasts. */
  readonly normalP95Ms: number
  readonly p95Ms: number
}

/**
 * A series whose share of errors rose above its own normal, or a service whose requests stay away or take much longer, by more than chance and
 * by enough to matter.
 * `method` and `route` are null when the whole service is the series. Times are epoch milliseconds of event time.
 */
export interface Spike {
  /** Hash of env, series and opening cell: the same whenever and wherever it is computed. */
  readonly id: string
  readonly env: string
  readonly service: string
  readonly method: string | null
  readonly route: string | null
  readonly signal: Signal
  /** The likeliest change point: the start of the first failing cell. */
  readonly onsetAtMs: number
  /** Where else the change point may lie, in time order. */
  readonly onsetGuesses: readonly OnsetGuess[]
  /** End of the newest cell that was needed to say so. */
  readonly detectedAtMs: number
  /** End of the newest cell judged so far. */
  readonly updatedAtMs: number
  /** Start of the newest cell with an error. */
  readonly lastErrorAtMs: number
  /** Start of the first cell back at normal; null while it lasts. */
  readonly resolvedAtMs: number | null
  /** Share of requests, 0–1, expected at this time, and seen between onset and recovery. */
  readonly baselineRate: number
  readonly observedRate: number
  /** Between onset and recovery. */
  readonly requests: number
  readonly errors: number
  /** `errors` less what the baseline expects of `requests`. */
  readonly excessErrors: number
  /** Evidence at its highest: log-likelihood ratio against the baseline, nats. */
  readonly evidence: number
  /** Nothing was seen of this series before it failed: when it truly began is not known. */
  readonly alreadyFailing: boolean
  /** It stayed up so long that it is the new normal. */
  readonly chronic: boolean
  /** Null unless the signal is `traffic_drop`. */
  readonly traffic: MissingTraffic | null
  /** Null unless the signal is `latency`, where `errors` and what follows from them are slow requests. */
  readonly slowness: Slowness | null
  /** What counts as an error where the signal is `error_rate`: server errors, or one kind of client errors. */
  readonly errorStatuses: StatusRange
}
