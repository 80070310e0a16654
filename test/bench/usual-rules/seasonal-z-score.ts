// Keeps running sums over a typed array.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { collectAlerts, type UsualRule } from './alert.ts'
import { stepRates } from './window.ts'

const STEP_CELLS = 60_000 / CELL_MS
const DAY_STEPS = 24 * 60
/** Of the day before, the two hours around this time of day stand for it. */
const PERIOD_STEPS = 120
const LIMIT = 3

/**
 * What SigNoz computes for an anomaly alert with daily seasonality (ee/query-service/anomaly; one-minute steps, three
 * deviations): the expected share is the mean of the past period (25 to 23 hours ago), plus the mean of the current season (the
 * last day), less that of the past season (the day before); the score is the distance from it over the deviation of the
 * current season.
 */
export function seasonalZScore(): UsualRule {
  return {
    name: 'z-score',
    findAlerts: (counts) => {
      const alarms = alarmSteps(stepRates(counts, 1))
      return collectAlerts(counts, (cell) => (cell + 1) % STEP_CELLS === 0 && alarms[(cell + 1) / STEP_CELLS - 1] === 1)
    },
  }
}

function alarmSteps(rates: Float64Array): Uint8Array {
  const alarms = new Uint8Array(rates.length)
  const { meanOf, deviationOf } = createMoments(rates)
  // Before there is a past season, the past day is compared with what there is of it: no growth.
  for (let step = DAY_STEPS; step < rates.length; step++) {
    const season = [step - DAY_STEPS + 1, step + 1] as const
    const before = [Math.max(step - 2 * DAY_STEPS + 1, 0), step - DAY_STEPS + 1] as const
    const middle = step - DAY_STEPS + 1
    const period = [Math.max(middle - PERIOD_STEPS / 2, 0), middle + PERIOD_STEPS / 2] as const
    const growth = step >= 2 * DAY_STEPS - 1 ? meanOf(...season) - meanOf(...before) : 0
    const expected = meanOf(...period) + growth
    const rate = rates[step] ?? 0
    if (rate > 0 && rate - expected > LIMIT * deviationOf(...season)) alarms[step] = 1
  }
  return alarms
}

/** Mean and standard deviation of any run of steps `[from, to)`. */
function createMoments(values: Float64Array) {
  const sums = new Float64Array(values.length + 1)
  const squares = new Float64Array(values.length + 1)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    sums[i + 1] = (sums[i] ?? 0) + value
    squares[i + 1] = (squares[i] ?? 0) + value * value
  }
  const mean = (running: Float64Array, from: number, to: number): number =>
    ((running[to] ?? 0) - (running[from] ?? 0)) / (to - from)
  return {
    meanOf: (from: number, to: number) => mean(sums, from, to),
    deviationOf: (from: number, to: number) =>
      Math.sqrt(Math.max(mean(squares, from, to) - mean(sums, from, to) ** 2, 0)),
  }
}
