import type { Incident } from './incident.ts'
import { countedAsErrors, type StatusRange } from './status-range.ts'

/** Which requests count as bad: those answered with some statuses, or those that take longer than normal ones. */
export type CountedRequests =
  | { readonly kind: 'statuses'; readonly statuses: StatusRange }
  | { readonly kind: 'slow'; readonly slowerThanMs: number }

/** What an incident is about. Where requests stay away, those that come are looked at for server errors. */
export function countedRequests({ signal, statuses, latency }: Incident): CountedRequests {
  if (signal === 'latency' && latency !== undefined) return { kind: 'slow', slowerThanMs: latency.slowerThanMs }
  return { kind: 'statuses', statuses: countedAsErrors(statuses) }
}
