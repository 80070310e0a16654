import type { Change } from '../../../../shared/domain/change.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import { stableHash } from '../../../../shared/domain/stable-hash.ts'
import { SERVER_ERRORS } from '../../../../shared/domain/status-range.ts'

export const MINUTE_MS = 60_000
/** Minute 0 of every drawn log. */
const START_MS = Date.UTC(2026, 9, 2, 12)

/** Alike requests of one 10-second cell. */
export interface LogRow {
  readonly atMs: number
  readonly service: string
  readonly method: string
  readonly route: string
  readonly version: string
  readonly region: string
  readonly client: string
  readonly host: string
  readonly upstream: string
  readonly status: number
  /** Of each answer; 0: not known. */
  readonly bytes: number
  readonly count: number
}

type Labels = Partial<Omit<LogRow, 'atMs' | 'count'>>

/** One line of a drawing: requests and failures of one kind, minute by minute from minute 0. */
export interface DrawnLine extends Labels {
  readonly requests: readonly number[]
  readonly failures?: readonly number[]
}

const PLAIN = {
  service: 'checkout',
  method: 'POST',
  route: '/pay',
  version: '',
  region: '',
  client: '',
  host: '',
  upstream: '',
  bytes: 0,
}

/** A log from a drawing; each minute's requests are spread evenly over its cells. `status` is what failures end with. */
export function drawLog(lines: readonly DrawnLine[]): LogRow[] {
  return lines.flatMap(({ requests, failures = [], status = 500, ...labels }) =>
    requests.flatMap((inMinute, minute) => {
      const failed = failures[minute] ?? 0
      return [
        ...spread(inMinute - failed, minute).map((cell) => ({ ...PLAIN, ...labels, ...cell, status: 200 })),
        ...spread(failed, minute).map((cell) => ({ ...PLAIN, ...labels, ...cell, status })),
      ]
    }),
  )
}

function spread(count: number, minute: number): { atMs: number; count: number }[] {
  return Array.from({ length: 6 }, (_, cell) => ({
    atMs: START_MS + minute * MINUTE_MS + cell * 10_000,
    count: Math.floor((count * (cell + 1)) / 6) - Math.floor((count * cell) / 6),
  })).filter((cell) => cell.count > 0)
}

/** `value` for `minutes` minutes. */
export function steady(value: number, minutes: number): number[] {
  return Array.from({ length: minutes }, () => value)
}

export function atMinute(minute: number): number {
  return START_MS + minute * MINUTE_MS
}

/** A spike as the detector would emit it, its onset known to the cell. Times are minutes of the drawing. */
export function spikeAt(
  onsetMinute: number,
  given: Partial<Omit<Spike, 'resolvedAtMs'>> & { readonly resolvedMinute?: number } = {},
): Spike {
  const { resolvedMinute, ...rest } = given
  const onsetAtMs = atMinute(onsetMinute)
  const series = { service: 'checkout', method: null, route: null, ...rest }
  return {
    id: stableHash(JSON.stringify([series.service, series.method, series.route, onsetAtMs])),
    env: 'prod',
    onsetAtMs,
    onsetGuesses: [{ atMs: onsetAtMs, weight: 1 }],
    detectedAtMs: onsetAtMs + 20_000,
    updatedAtMs: onsetAtMs + 15 * MINUTE_MS,
    lastErrorAtMs: onsetAtMs + 15 * MINUTE_MS,
    resolvedAtMs: resolvedMinute === undefined ? null : atMinute(resolvedMinute),
    baselineRate: 0.001,
    observedRate: 0.1,
    requests: 1000,
    errors: 100,
    excessErrors: 99,
    evidence: 200,
    alreadyFailing: false,
    chronic: false,
    signal: 'error_rate',
    traffic: null,
    slowness: null,
    errorStatuses: SERVER_ERRORS,
    ...series,
  }
}

/** A change of `checkout`; its time is a minute of the drawing. */
export function changeAt(minute: number, given: Partial<Change> & { readonly finishedMinute?: number } = {}): Change {
  const { finishedMinute, ...rest } = given
  return {
    id: `change-${minute}`,
    startedAtMs: atMinute(minute),
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    status: 'succeeded',
    reversible: true,
    ...(finishedMinute !== undefined && { finishedAtMs: atMinute(finishedMinute) }),
    ...rest,
  }
}
