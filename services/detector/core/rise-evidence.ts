// Hot path: called for every added rate of every series with errors at every tick, so it takes plain numbers.

/** A shape beyond this is a rate that stands still; more would cost digits. */
const SHAPE_MAX = 1e5

/**
 * How much likelier `errors` of `requests` are when a fault adds the share `added` to their rate, in nats: a log-likelihood
 * ratio. Normal errors are negative binomial with mean requests·rate and the burst shape `shape` (relative variance of the
 * rate 1 / shape); the fault adds to the mean and leaves the bursts as large as they were. So where errors come in bursts, one
 * cell full of them says little, and a few in every cell say much.
 */
export function riseEvidence(errors: number, requests: number, rate: number, shape: number, added: number): number {
  const mean = requests * rate
  const faultyMean = requests * (rate + (1 - rate) * added)
  const ratio = faultyMean / mean
  const faultyShape = Math.min(shape * ratio * ratio, SHAPE_MAX)
  const normalShape = Math.min(shape, SHAPE_MAX)
  const ofNone = normalShape * Math.log1p(mean / normalShape) - faultyShape * Math.log1p(faultyMean / faultyShape)
  if (errors === 0) return ofNone
  const perError = Math.log((ratio * (normalShape + mean)) / (faultyShape + faultyMean))
  return ofNone + errors * perError + logRising(errors, faultyShape) - logRising(errors, normalShape)
}

/** Up to here a sum of logarithms is as quick as the series. */
const SUMMED_MAX = 12

/** ln of shape·(shape + 1)·…·(shape + count − 1). */
function logRising(count: number, shape: number): number {
  if (count > SUMMED_MAX) return logGamma(shape + count) - logGamma(shape)
  let log = 0
  for (let i = 0; i < count; i++) log += Math.log(shape + i)
  return log
}

/** Stirling's series, from 8 on (error below 1e-9); smaller arguments are shifted there. */
function logGamma(x: number): number {
  let below = 0
  let at = x
  for (; at < 8; at++) below += Math.log(at)
  const inverse = 1 / (at * at)
  const tail = (1 / 12 - inverse * (1 / 360 - inverse / 1260)) / at
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + tail - below
}
