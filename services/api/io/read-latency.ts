import { z } from 'zod'
import { durationQuantile } from '../../../shared/domain/duration-buckets.ts'
import type { Store } from '../../../shared/store/store.ts'
import { roundRate } from '../core/normal-rate.ts'
import type { StepWindow } from '../core/time-steps.ts'
import { IN_RANGE, OF_SERVICE, SETTINGS, SLOT } from './cell-queries.ts'

export interface LatencyRequest {
  readonly env: string
  readonly service: string
  /** `METHOD route`, and a version: empty when any will do. */
  readonly route: string
  readonly version: string
  readonly window: StepWindow
}

/** Milliseconds that a share of each step's requests took at most; null for a step without durations. */
export interface Latency {
  readonly p50: (number | null)[]
  readonly p95: (number | null)[]
  readonly p99: (number | null)[]
}

const MINUTE = 60

const slotRow = z.object({ slot: z.coerce.number(), buckets: z.array(z.number()), counts: z.array(z.number()) })

/** How long requests took, by the minute at least: shorter steps have what their minute has. Undefined where no log says so. */
export async function readLatency(query: Store['query'], request: LatencyRequest): Promise<Latency | undefined> {
  const { window, env, service, route, version } = request
  const step = Math.max(window.step, MINUTE)
  const from = Math.floor(window.from / step) * step
  const rows = await query(slotRow, DURATIONS, { env, service, route, version, from, to: window.to, step })
  if (rows.length === 0) return undefined
  const countsOf = new Map(
    rows.map(({ slot, buckets, counts }) => {
      return [slot, buckets.map((bucket, at) => ({ bucket, requests: counts[at] ?? 0 }))] as const
    }),
  )
  const quantiles = (share: number) =>
    Array.from({ length: (window.to - window.from) / window.step }, (_, at) => {
      const slot = Math.floor((window.from + at * window.step - from) / step)
      const duration = durationQuantile(countsOf.get(slot) ?? [], share)
      return duration === null ? null : roundRate(duration)
    })
  return { p50: quantiles(0.5), p95: quantiles(0.95), p99: quantiles(0.99) }
}

const DURATIONS = `SELECT slot, groupArray(bucket) AS buckets, groupArray(many) AS counts FROM (
    SELECT ${SLOT}, bucket, toFloat64(sum(requests)) AS many FROM durations_1m
    WHERE ${OF_SERVICE} AND ${IN_RANGE} AND ({route:String} = '' OR concat(method, ' ', route) = {route:String})
      AND ({version:String} = '' OR version = {version:String})
    GROUP BY slot, bucket)
  GROUP BY slot ${SETTINGS}`
