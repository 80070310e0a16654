import { gammaln } from 'simple-statistics'
import { logSumExp } from '../../../shared/domain/log-sum-exp.ts'

/** ln of the probability of these hits and misses in one order, when their share is drawn from Beta(a, b). */
export function logBetaSequence(
  hits: number,
  misses: number,
  shape: { readonly a: number; readonly b: number },
): number {
  const { a, b } = shape
  return logBeta(a + hits, b + misses) - logBeta(a, b)
}

function logBeta(a: number, b: number): number {
  return gammaln(a) + gammaln(b) - gammaln(a + b)
}

/** Density of the normal distribution. */
export function normalDensity(x: number, mean: number, deviation: number): number {
  const z = (x - mean) / deviation
  return Math.exp(-0.5 * z * z) / (deviation * Math.sqrt(2 * Math.PI))
}

export function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest)
}

/** ln of the mean of exp(x). */
export function logMean(values: readonly number[]): number {
  return logSumExp(values) - Math.log(values.length)
}
