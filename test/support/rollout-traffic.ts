import type { Stratum } from '../../shared/domain/compare-groups.ts'
import { beta, binomial } from '../worlds/distributions.ts'
import type { Prng } from '../worlds/prng.ts'

/** A release that takes its traffic step by step, beside the version that served before. */
export interface Rollout {
  /** Share of requests that fail in the old version, and in the new one. */
  readonly rate: number
  readonly newRate: number
  readonly requestsPerMinute: number
  /** How errors of both cluster within a slice of time. */
  readonly correlation: number
}

/** Share of the traffic that goes to the new version in each step. */
export const ROLLOUT_STEPS = [0.05, 0.25, 0.5] as const
export const MINUTES_A_STEP = 10

/** The `n`-th of many healthy releases: quiet services and failing ones, small and large, steady and bursty. */
export function healthyRollout(n: number): Rollout {
  const rate = [0, 0.0005, 0.002, 0.01, 0.05][n % 5] ?? 0
  const correlation = rate === 0 || n % 2 === 0 ? 0 : 0.002
  return { rate, newRate: rate, requestsPerMinute: 300 + (n % 7) * 400, correlation }
}

export const BAD_ROLLOUTS: readonly Rollout[] = [
  { rate: 0.002, newRate: 0.05, requestsPerMinute: 2_000, correlation: 0 },
  { rate: 0, newRate: 0.03, requestsPerMinute: 2_000, correlation: 0 },
  { rate: 0.01, newRate: 0.1, requestsPerMinute: 1_000, correlation: 0 },
  { rate: 0.001, newRate: 0.5, requestsPerMinute: 200, correlation: 0 },
]

/** What both versions do in a slice of time in which the new one has `share` of the traffic. */
export function drawSlice(
  prng: Prng,
  rollout: Rollout,
  slice: { readonly share: number; readonly minutes: number },
): Stratum {
  const { rate, newRate, requestsPerMinute, correlation } = rollout
  const requests = Math.round(requestsPerMinute * slice.minutes)
  const exposedRequests = Math.round(requests * slice.share)
  const otherRequests = requests - exposedRequests
  const size = 1 / correlation - 1
  const level = correlation === 0 ? 1 : beta(prng, { a: rate * size, b: (1 - rate) * size }) / rate
  return {
    ...{ exposedRequests, otherRequests },
    exposedErrors: binomial(prng, exposedRequests, Math.min(newRate * level, 1)),
    otherErrors: binomial(prng, otherRequests, Math.min(rate * level, 1)),
  }
}
