import {
  DURATION_BUCKET_MAX,
  DURATION_BUCKET_OF_1_MS,
  type DurationCount,
} from '../../shared/domain/duration-buckets.ts'
import { binomial, chance, integer, logUniform, normal, poisson, uniform } from './distributions.ts'
import type { Prng } from './prng.ts'

/** Times are minutes of the world. */
export interface SlowFault {
  readonly fromMinute: number
  readonly toMinute: number
  /** A share of the requests takes so many times as long. */
  readonly share: number
  readonly factor: number
}

/** How long a service's requests take: log-normal, slower by day, wandering from minute to minute, with short hiccups. */
export interface SlowService {
  readonly name: string
  readonly perMinute: number
  readonly medianMs: number
  /** Of the logarithm, within a minute. */
  readonly spread: number
  /** How much slower the busiest hour is than the quietest, as a logarithm. */
  readonly byDay: number
  /** Of the logarithm of a minute's median; from one minute to the next most of it stays. */
  readonly wander: number
  /** Minutes that are several times slower, a day. */
  readonly hiccupsPerDay: number
  /** A share of requests that take ten to thirty times as long: reports, exports. */
  readonly heavyShare: number
  readonly faults: readonly SlowFault[]
}

const DAY_MINUTES = 1_440
const WANDER_KEPT = 0.95

export function drawSlowService(prng: Prng, name: string, minutes: number): SlowService {
  const perMinute = logUniform(prng, 15, 3_600)
  return {
    ...{ name, perMinute, medianMs: logUniform(prng, 5, 800), spread: uniform(prng, 0.4, 1.1) },
    ...{ byDay: uniform(prng, 0, 0.7), wander: uniform(prng, 0.02, 0.2), hiccupsPerDay: integer(prng, 0, 6) },
    heavyShare: chance(prng, 0.4) ? uniform(prng, 0, 0.08) : 0,
    faults: chance(prng, 0.5) ? [drawFault(prng, minutes)] : [],
  }
}

/** After a fault-free first 45 %. */
function drawFault(prng: Prng, minutes: number): SlowFault {
  const fromMinute = integer(prng, Math.ceil(0.45 * minutes), minutes - 120)
  const toMinute = fromMinute + integer(prng, 10, 90)
  const share = chance(prng, 0.5) ? 1 : uniform(prng, 0.15, 0.6)
  return { fromMinute, toMinute, share, factor: logUniform(prng, 4, 20) }
}

/** Every minute of a service, in order; the same stream of numbers draws the same ones. */
export function* drawDurations(prng: Prng, service: SlowService, minutes: number): Generator<DurationCount[]> {
  let wander = 0
  let hiccup = 0
  for (let minute = 0; minute < minutes; minute++) {
    const load = 0.5 - 0.5 * Math.cos((2 * Math.PI * (minute - 180)) / DAY_MINUTES)
    wander = WANDER_KEPT * wander + Math.sqrt(1 - WANDER_KEPT ** 2) * service.wander * normal(prng)
    if (hiccup > 0) hiccup--
    else if (chance(prng, service.hiccupsPerDay / DAY_MINUTES)) hiccup = integer(prng, 1, 2)
    const logMedian =
      Math.log(service.medianMs) + service.byDay * load + wander + (hiccup > 0 ? uniform(prng, 0.7, 1.8) : 0)
    const requests = poisson(prng, service.perMinute * (0.4 + 0.6 * load))
    const fault = service.faults.find(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute)
    const heavy = binomial(prng, requests, service.heavyShare)
    const hit = fault === undefined ? 0 : binomial(prng, requests - heavy, fault.share)
    const counts = new Map<number, number>()
    spread(prng, counts, { requests: requests - heavy - hit, logMedian, deviation: service.spread })
    spread(prng, counts, { requests: heavy, logMedian: logMedian + 2.8, deviation: service.spread })
    const slower = logMedian + Math.log(fault?.factor ?? 1)
    spread(prng, counts, { requests: hit, logMedian: slower, deviation: service.spread })
    yield [...counts].map(([bucket, many]) => ({ bucket, requests: many }))
  }
}

/** Adds so many log-normal durations to the buckets. */
function spread(
  prng: Prng,
  counts: Map<number, number>,
  of: { readonly requests: number; readonly logMedian: number; readonly deviation: number },
): void {
  let left = of.requests
  let above = 1
  for (let bucket = 0; bucket <= DURATION_BUCKET_MAX && left > 0; bucket++) {
    const logEnd = ((bucket - DURATION_BUCKET_OF_1_MS) / 2) * Math.LN2
    const tail = bucket === DURATION_BUCKET_MAX ? 0 : upperTail((logEnd - of.logMedian) / of.deviation)
    const many = binomial(prng, left, above === 0 ? 1 : Math.min((above - tail) / above, 1))
    if (many > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + many)
    left -= many
    above = tail
  }
}

/** 1 − Φ(x): Abramowitz and Stegun 26.2.17, error below 1e-7. */
function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x)
  const t = 1 / (1 + 0.2316419 * x)
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const polynomial = terms.reduceRight((sum, term) => (sum + term) * t, 0)
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial
}
