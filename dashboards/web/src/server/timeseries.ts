import { z } from 'zod'
import type { CountedRequests } from '../../../../shared/domain/counted-requests.ts'

const counts = z.array(z.number())
const edges = z.array(z.number().nullable())

const timeseriesSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    step_s: z.number(),
    requests: counts,
    errors: counts,
    normal: z.object({ rate: z.number(), low: edges, high: edges }).nullable(),
    latency: z.object({ p50: edges, p95: edges, p99: edges }).nullable().default(null),
    groups: z.array(z.object({ name: z.string(), is_rest: z.boolean(), requests: counts, errors: counts })),
  })
  .transform(({ from, to, step_s, groups, ...series }) => ({
    ...series,
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    stepMs: step_s * 1000,
    groups: groups.map(({ is_rest, ...group }) => ({ ...group, isRest: is_rest })),
  }))

/** Requests and errors of a service by step, whole and by its parts. */
export type Timeseries = z.output<typeof timeseriesSchema>

export function readTimeseries(answer: unknown): Timeseries {
  return timeseriesSchema.parse(answer)
}

export interface TimeseriesQuestion {
  readonly service: string
  readonly env: string
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs?: number
  readonly groupBy?: 'version' | 'route' | 'region' | 'status' | 'host'
  /** `METHOD route`. */
  readonly route?: string
  /** Server errors when absent. */
  readonly counted?: CountedRequests
}

export function timeseriesPath({
  service,
  env,
  fromMs,
  toMs,
  stepMs,
  groupBy,
  route,
  counted,
}: TimeseriesQuestion): string {
  const query = new URLSearchParams({ env, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() })
  if (stepMs !== undefined) query.set('step', `${stepMs / 1000}s`)
  if (groupBy !== undefined) query.set('group_by', groupBy)
  if (route !== undefined) query.set('route', route)
  if (counted?.kind === 'slow') query.set('slower_than_ms', String(counted.slowerThanMs))
  if (counted?.kind === 'statuses') query.set('statuses', `${counted.statuses.from}-${counted.statuses.to}`)
  return `/api/v1/services/${encodeURIComponent(service)}/timeseries?${query}`
}
