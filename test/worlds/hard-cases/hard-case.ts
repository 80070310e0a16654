import { CELL_MS } from '../../../shared/domain/cell.ts'
import { type ChangeRecord, isoTime } from '../change-records.ts'
import { MINUTE_MS } from '../clock.ts'
import { binomial, poisson } from '../distributions.ts'
import { createPrng, type Prng } from '../prng.ts'

/** A small world that is hard in one way, and what must be said of it. Times are minutes since its start. */
export interface HardCase {
  readonly name: string
  /** What the product promises here. */
  readonly promise: string
  readonly hours: number
  readonly streams: readonly Stream[]
  readonly changes?: readonly ChangeRecord[]
  readonly expected: Expected
}

/** Alike requests: how many a second at a time, and which share of them fails. */
export interface Stream {
  /** The fields of its lines, `service` among them. */
  readonly fields: Readonly<Record<string, string>>
  readonly perSecond: (minute: number) => number
  readonly failing: (minute: number) => number
  /** Of what fails; 500 unless said. */
  readonly status?: number
  /** Further fields of a cell's lines, where they change. */
  readonly vary?: (prng: Prng, minute: number) => Readonly<Record<string, string | number>>
}

export type Expected =
  /** Nobody is told of anything. */
  | { readonly kind: 'silent' }
  /** If anything is told, then as minor or as the doing of a client. */
  | { readonly kind: 'no-outage' }
  /** One incident a fault, in time, and no other. */
  | { readonly kind: 'faults'; readonly faults: readonly ExpectedFault[] }

export interface ExpectedFault {
  readonly service: string
  readonly fromMinute: number
  readonly toMinute: number
  /** It must have been seen by then. */
  readonly seenByMinute: number
  /** The change that must be blamed, at even odds or better. */
  readonly culprit?: string
}

export const CASE_START_MS = Date.UTC(2026, 2, 3)

/** The canonical lines of a case in time order, cell by cell; the same case draws the same lines. */
export function* drawCase({ name, hours, streams }: HardCase): Generator<string> {
  const sources = streams.map((stream, i) => ({ stream, prng: createPrng(`hard-case/${name}/${i}`) }))
  for (let atMs = 0; atMs < hours * 60 * MINUTE_MS; atMs += CELL_MS)
    yield sources.map(({ stream, prng }) => drawStream(prng, stream, atMs)).join('')
}

function drawStream(prng: Prng, stream: Stream, atMs: number): string {
  const minute = atMs / MINUTE_MS
  const requests = poisson(prng, (stream.perSecond(minute) * CELL_MS) / 1_000)
  if (requests === 0) return ''
  const errors = binomial(prng, requests, stream.failing(minute))
  const varied = { ts: isoTime(CASE_START_MS + atMs), env: 'prod', ...stream.fields, ...stream.vary?.(prng, minute) }
  const line = (status: number, count: number): string =>
    count === 0 ? '' : `${JSON.stringify({ ...varied, status, count })}\n`
  return line(200, requests - errors) + line(stream.status ?? 500, errors)
}

/** One route of a service. */
export function route(service: string, path = '/', method = 'GET'): Stream['fields'] {
  return { service, method, route: path }
}

export function always(value: number): () => number {
  return () => value
}

/** `during` in `[fromMinute, toMinute)`, `otherwise` before and after. */
export function between(
  [fromMinute, toMinute]: readonly [number, number],
  during: number,
  otherwise: number,
): (minute: number) => number {
  return (minute) => (minute >= fromMinute && minute < toMinute ? during : otherwise)
}

/** A deploy at a minute of the case that takes three minutes. */
export function deploy(id: string, service: string, minute: number): ChangeRecord {
  const startMs = CASE_START_MS + minute * MINUTE_MS
  return {
    ...{ id, service, ts: isoTime(startMs), finished_at: isoTime(startMs + 3 * MINUTE_MS) },
    ...{ kind: 'deploy', env: 'prod', status: 'succeeded', title: `deploy ${service} ${id}` },
    ...{ author: 'ana', source: 'argocd' },
  }
}
