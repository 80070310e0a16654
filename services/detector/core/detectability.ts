import type { Normal } from './normal.ts'
import { riseEvidence } from './rise-evidence.ts'
import type { ToldLimits } from './settings.ts'

/** A rise that would be seen: so much more of the requests failing, within so long at the present traffic. */
export interface DetectableRise {
  readonly withinMs: number
  /** Error rate, 0–1, that would be seen in that time; undefined: not even every request failing would. */
  readonly errorRate: number | undefined
}

const MINUTE_MS = 60_000
const HORIZONS_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS]
const CELLS_PER_MINUTE = 6

interface Route {
  /** Its level, 0–1, and what it may do around it. */
  readonly rate: number
  readonly normal: Normal
  readonly requestsPerSecond: number
}

type Limits = Pick<ToldLimits, 'excessErrors' | 'uplift'> & { readonly nats: number }

/** For each of 1, 5 and 30 minutes: the smallest error rate that the detector is to be expected to see in that time. */
export function detectableRises(route: Route, limits: Limits): DetectableRise[] {
  return HORIZONS_MS.map((withinMs) => ({ withinMs, errorRate: smallestVisibleRate(route, withinMs, limits) }))
}

function smallestVisibleRate(route: Route, withinMs: number, limits: Limits): number | undefined {
  const isVisible = (rate: number): boolean => isSeen(route, { rate, withinMs }, limits)
  if (!isVisible(1)) return undefined
  let hidden = route.rate
  let visible = 1
  while (visible - hidden > 1e-4) {
    const middle = (visible + hidden) / 2
    if (isVisible(middle)) visible = middle
    else hidden = middle
  }
  return visible
}

function isSeen(
  { rate, normal, requestsPerSecond }: Route,
  fault: { rate: number; withinMs: number },
  limits: Limits,
): boolean {
  const requests = (requestsPerSecond * fault.withinMs) / 1000
  const excess = requests * (fault.rate - rate)
  if (excess < limits.excessErrors || fault.rate - rate < limits.uplift || fault.rate <= normal.rate) return false
  const blocks = Math.max((fault.withinMs / MINUTE_MS) * (CELLS_PER_MINUTE / normal.blockCells), 1)
  return blocks * expectedEvidence(requests / blocks, fault.rate, normal) >= limits.nats
}

/** Of one block at that rate, nats: the mean over the Poisson distribution of its errors. */
function expectedEvidence(requests: number, rate: number, normal: Normal): number {
  const added = (rate - normal.rate) / (1 - normal.rate)
  const mean = requests * rate
  const evidence = (errors: number): number => riseEvidence(errors, requests, normal.rate, normal.shape, added)
  if (mean > MEAN_SUFFICES) return evidence(mean)
  let mass = Math.exp(-mean)
  let expected = 0
  for (let errors = 0; errors < 3 * MEAN_SUFFICES; errors++) {
    expected += mass * evidence(errors)
    mass *= mean / (errors + 1)
  }
  return expected
}

/** With more errors than this in a block, chance makes no difference worth computing. */
const MEAN_SUFFICES = 20
