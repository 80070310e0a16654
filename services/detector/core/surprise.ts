// Hot path: called for every window of every failing series, so it takes plain numbers.
/**
 * How surprising `errors` of `requests` are when each fails with probability `rate`, and that probability itself wanders
 * with a gamma distribution of shape `shape` (relative variance 1 / shape; Infinity: it stands still).
 *
 * It is the exponent of the upper tail, −ln P(at least this many errors), in nats, to leading order: the cheapest way to get
 * here is that the probability wandered to some q between, at a cost of shape·(q/rate − 1 − ln(q/rate)), and that chance did
 * the rest, at a cost of requests·KL(errors/requests ‖ q). For shape = Infinity it is the binomial log-likelihood ratio.
 * The tail's prefactor for whole numbers, 1 / ((1 − e^−λ)·σ·√2π) with λ the exponent's slope and σ² the variance there, is
 * added (Bahadur & Rao, "On deviations of the sample mean", 1960).
 *
 * Returns 0 where the errors are no more than expected.
 */
export function surprise(errors: number, requests: number, rate: number, shape: number): number {
  if (errors <= requests * rate || requests <= 0) return 0
  const standsStill = shape === Number.POSITIVE_INFINITY
  const reached = standsStill ? rate : likeliestRate(errors, requests, rate, shape)
  const ratio = reached / rate
  const wandered = standsStill ? 0 : shape * (ratio - 1 - Math.log(ratio))
  const observed = errors / requests
  const slope =
    observed < 1 ? Math.log((observed * (1 - reached)) / (reached * (1 - observed))) : Number.POSITIVE_INFINITY
  const variance = errors * (1 - observed) + (errors * errors) / shape
  const prefactor = 0.5 * Math.log(2 * Math.PI * variance) + Math.log(-Math.expm1(-slope))
  return Math.max(0, requests * divergence(observed, reached) + wandered + Math.max(0, prefactor))
}

/** The q that minimises the sum of both costs: the smaller root of (s/p)q² − (n + s + s/p)q + (k + s) = 0. */
function likeliestRate(errors: number, requests: number, rate: number, shape: number): number {
  const a = shape / rate
  const b = requests + shape + a
  const c = errors + shape
  // It lies below the share observed, which rounding must not undo: the slope there would be negative.
  return Math.min((2 * c) / (b + Math.sqrt(Math.max(0, b * b - 4 * a * c))), errors / requests)
}

/** Kullback–Leibler divergence between two Bernoulli distributions, nats. */
function divergence(observed: number, expected: number): number {
  const failed = observed > 0 ? observed * Math.log(observed / expected) : 0
  const passed = observed < 1 ? (1 - observed) * Math.log((1 - observed) / (1 - expected)) : 0
  return failed + passed
}
