import type { Latency, Severity, TrafficLoss } from '../../../shared/domain/incident.ts'

/** Any line met is enough; rates are shares of requests, 0–1. */
const LINES: readonly { readonly severity: Severity; readonly uplift: number; readonly excessPerMinute: number }[] = [
  { severity: 'critical', uplift: 0.02, excessPerMinute: 20 },
  { severity: 'critical', uplift: 0.2, excessPerMinute: 3 },
  { severity: 'major', uplift: 0.005, excessPerMinute: 5 },
  { severity: 'major', uplift: 0.05, excessPerMinute: 0.5 },
]

/** How bad: by how many requests fail a minute above normal, and what share of the service's traffic that is. */
export function gradeSeverity(harm: {
  readonly excessErrors: number
  readonly requests: number
  readonly durationMs: number
}): Severity {
  const uplift = harm.excessErrors / Math.max(harm.requests, 1)
  const excessPerMinute = harm.excessErrors / Math.max(harm.durationMs / 60_000, 1 / 6)
  const line = LINES.find((candidate) => uplift >= candidate.uplift && excessPerMinute >= candidate.excessPerMinute)
  return line?.severity ?? 'minor'
}

/**
 * Requests that stay away count as if they failed; but where nothing else sends either, it may well be that only the logs are
 * missing.
 */
export function gradeSilence(traffic: TrafficLoss | undefined, durationMs: number): Severity {
  if (traffic === undefined) return 'minor'
  const missing = Math.max(traffic.expectedRequests - traffic.requests, 0)
  const severity = gradeSeverity({ excessErrors: missing, requests: traffic.expectedRequests, durationMs })
  return severity === 'critical' && traffic.othersSending === 0 ? 'major' : severity
}

/** Slow requests are answered all the same: as bad as errors of their number, a step milder. */
export function gradeSlowness(latency: Latency | undefined, durationMs: number): Severity {
  if (latency === undefined) return 'minor'
  const { requests, slowRequests, normalShare } = latency
  return milder(gradeSeverity({ excessErrors: slowRequests - requests * normalShare, requests, durationMs }))
}

/** Nobody is woken as for as many server errors. */
export function milder(severity: Severity): Severity {
  return severity === 'critical' ? 'major' : 'minor'
}
