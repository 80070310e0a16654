/** Nats by which one request of error rate `p` speaks against `q` on average. */
export function binomialKl(p: number, q: number): number {
  const [x, y] = [clamp(p), clamp(q)]
  return x * Math.log(x / y) + (1 - x) * Math.log((1 - x) / (1 - y))
}

/**
 * The same for a whole cell of `requests` requests (a mean, need not be whole), where the normal errors are beta-binomial
 * with correlation `burstiness`: bursty normal errors say less. The fault adds a steady share on top, so the noise of the
 * rate keeps its absolute size.
 */
export function cellEvidence(cell: {
  readonly requests: number
  readonly normalRate: number
  readonly faultyRate: number
  readonly burstiness: number
}): number {
  const { requests, normalRate: q, faultyRate: p, burstiness } = cell
  if (requests <= 0 || p <= q) return 0
  if (burstiness === 0) return requests * binomialKl(p, q)
  const kept = (1 - p) / (1 - q)
  const faultyBurstiness = Math.max((burstiness * q * (1 - q) * kept * kept) / (p * (1 - p)), 1e-7)
  const below = Math.floor(requests)
  const at = (n: number): number =>
    n === 0 ? 0 : divergence(massesOf(n, p, faultyBurstiness), massesOf(n, q, burstiness))
  const low = at(below)
  return low + (requests - below) * (at(below + 1) - low)
}

function divergence(faulty: Float64Array, normal: Float64Array): number {
  let sum = 0
  for (let k = 0; k < faulty.length; k++) {
    const mass = Math.exp(faulty[k] ?? 0)
    if (mass > 0) sum += mass * ((faulty[k] ?? 0) - (normal[k] ?? 0))
  }
  return sum
}

/** Logarithms of the beta-binomial masses of 0…n errors, by recursion and normalised. */
function massesOf(n: number, rate: number, burstiness: number): Float64Array {
  const concentration = 1 / burstiness - 1
  const [a, b] = [clamp(rate) * concentration, (1 - clamp(rate)) * concentration]
  const masses = new Float64Array(n + 1)
  let log = 0
  let highest = 0
  for (let k = 0; k < n; k++) {
    log += Math.log(((n - k) / (k + 1)) * ((k + a) / (n - k - 1 + b)))
    masses[k + 1] = log
    highest = Math.max(highest, log)
  }
  const total = highest + Math.log(masses.reduce((sum, mass) => sum + Math.exp(mass - highest), 0))
  return masses.map((mass) => mass - total)
}

function clamp(rate: number): number {
  return Math.min(Math.max(rate, 1e-9), 1 - 1e-9)
}
