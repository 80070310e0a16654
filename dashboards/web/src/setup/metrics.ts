/** What the server says of itself for Prometheus, as far as this page shows it; absent: not by this process. */
export interface Metrics {
  readonly accepted: number | undefined
  readonly rejected: number | undefined
  readonly pending: number | undefined
  readonly failedTicks: number | undefined
  readonly judgedUntilMs: number | undefined
}

export function readMetrics(answer: unknown): Metrics {
  const values = new Map<string, number>()
  for (const line of String(answer).split('\n')) {
    const [, name, value] = /^(\w+)(?:\{[^}]*\})? ([\d.e+-]+)/.exec(line) ?? []
    if (name !== undefined) values.set(name, (values.get(name) ?? 0) + Number(value))
  }
  const judgedUntil = values.get('culprit_detector_judged_until_seconds')
  return {
    accepted: values.get('culprit_events_accepted_total'),
    rejected: values.get('culprit_lines_rejected_total'),
    pending: values.get('culprit_events_pending'),
    failedTicks: values.get('culprit_detector_failed_ticks_total'),
    judgedUntilMs: judgedUntil === undefined ? undefined : judgedUntil * 1000,
  }
}
