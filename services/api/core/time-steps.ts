/** A stretch of time cut into steps; all in epoch seconds, `from` and `to` on whole steps. */
export interface StepWindow {
  readonly from: number
  readonly to: number
  readonly step: number
  /** The rollup that says most for least reading. */
  readonly cells: 'cells_10s' | 'cells_1m'
}

const STEPS = [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400]
const MINUTE = 60
const LONGEST_STEP = 86_400
/** The engine's times are 32 bits of seconds. */
const SECONDS_MAX = 2 ** 32 - 1 - LONGEST_STEP

/** Without a step asked for, and at most. */
const POINTS_USUAL = 300
const POINTS_MAX = 1_000

/**
 * The window that was asked for, on whole steps: at least as long a step as asked, and as long as it takes for no more than
 * POINTS_MAX points. A window too long for that even by days is cut at its start. Undefined when it ends before it begins.
 */
export function planSteps(asked: {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number | undefined
  /** Since when there are cells of ten seconds. */
  readonly fineSinceMs: number
}): StepWindow | undefined {
  const to = toSeconds(asked.toMs)
  const from = Math.max(toSeconds(asked.fromMs), to - POINTS_MAX * LONGEST_STEP + LONGEST_STEP)
  if (from >= to) return undefined
  const pointsMax = asked.stepMs === undefined ? POINTS_USUAL : POINTS_MAX
  const least = asked.fromMs < asked.fineSinceMs ? MINUTE : 0
  const wanted = Math.max(least, (asked.stepMs ?? 0) / 1_000, (to - from) / (pointsMax - 1))
  const step = STEPS.find((one) => one >= wanted) ?? LONGEST_STEP
  return {
    from: Math.floor(from / step) * step,
    to: Math.ceil(to / step) * step,
    step,
    cells: step % MINUTE === 0 ? 'cells_1m' : 'cells_10s',
  }
}

export function toSeconds(atMs: number): number {
  return Math.min(Math.max(Math.floor(atMs / 1_000), 0), SECONDS_MAX)
}

/** What one step of a window holds. */
export interface StepCounts {
  readonly slot: number
  readonly requests: number
  readonly errors: number
}

/** Counts by step, those without a row 0. */
export function fillSteps(
  rows: readonly StepCounts[],
  { from, to, step }: StepWindow,
): { requests: number[]; errors: number[] } {
  const count = (to - from) / step
  const requests = Array.from({ length: count }, () => 0)
  const errors = Array.from({ length: count }, () => 0)
  for (const { slot, requests: asked, errors: failed } of rows) {
    if (slot < 0 || slot >= count) continue
    requests[slot] = asked
    errors[slot] = failed
  }
  return { requests, errors }
}
