import { inSeconds } from './detection-report.ts'
import type { Judgment } from './judge.ts'
import { forecastsOf, type Score, scoreJudgments } from './score.ts'
import {
  bootstrap,
  calibrationError,
  type Forecast,
  type Interval,
  type Proportion,
  poissonInterval,
} from './statistics.ts'
import { renderTable } from './text-table.ts'

/** One figure that is asked for, with its 95 % interval. */
export interface Goal {
  readonly name: string
  readonly value: number
  readonly interval: Interval
  readonly relation: '≥' | '≤'
  readonly bound: number
  readonly unit: 'share' | 'ratio' | 'seconds'
}

/** What is asked for over worlds with faults. Shares have Wilson intervals, the others are bootstrapped by world. */
export function goalsOf(judgments: readonly Judgment[]): Goal[] {
  const score = scoreJudgments(judgments)
  const byWorld = (pick: (score: Score) => number): Interval =>
    bootstrap(judgments, (sample) => pick(scoreJudgments(sample)))
  const measured = (name: string, pick: (score: Score) => number, bound: number, unit: Goal['unit']): Goal => ({
    ...{ name, value: pick(score), interval: byWorld(pick), relation: '≤', bound, unit },
  })
  return [
    atLeast('recall', score.recall, 0.995),
    atLeast('precision', score.precision, 0.98),
    falseAlarmGoal('false alarms per 100 service-days', judgments, 0.5),
    measured('delay p50 over the floor', ({ delayP50, floorP50 }) => delayP50 / floorP50, 1.2, 'ratio'),
    measured('delay p90 over the floor', ({ delayP90, floorP90 }) => delayP90 / floorP90, 1.2, 'ratio'),
    measured('onset error p50', ({ onsetErrorP50 }) => onsetErrorP50, 15_000, 'seconds'),
    measured('incidents per fault', ({ incidentsPerFault }) => incidentsPerFault, 1.02, 'ratio'),
    ...suspectGoals(judgments),
    calibrationGoal('expected calibration error', judgments, forecastsOf),
  ]
}

/** What is asked of the suspects named. */
export function suspectGoals(judgments: readonly Judgment[]): Goal[] {
  const score = scoreJudgments(judgments)
  return [
    atLeast('right suspect at 0.5 or more', score.rightSuspect, 0.97),
    atMost('an innocent blamed, no change guilty', score.innocentBlamed, 0.03),
  ]
}

/** Of some of the forecasts that were made; the interval is bootstrapped by world. */
export function calibrationGoal(
  name: string,
  judgments: readonly Judgment[],
  pick: (judgment: Judgment) => Forecast[],
): Goal {
  const forecasts = judgments.map(pick)
  const interval = bootstrap(forecasts, (sample) => calibrationError(sample.flat()))
  return { ...{ name, value: calibrationError(forecasts.flat()), interval }, relation: '≤', bound: 0.05, unit: 'ratio' }
}

export function atLeast(name: string, { share, low, high }: Proportion, bound: number): Goal {
  return { name, value: share, interval: { low, high }, relation: '≥', bound, unit: 'share' }
}

export function atMost(name: string, { share, low, high }: Proportion, bound: number): Goal {
  return { name, value: share, interval: { low, high }, relation: '≤', bound, unit: 'share' }
}

export function falseAlarmGoal(name: string, judgments: readonly Judgment[], bound: number): Goal {
  const count = judgments.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0)
  const hundreds = judgments.reduce((sum, { serviceDays }) => sum + serviceDays, 0) / 100
  return {
    ...{ name, value: count / hundreds, interval: poissonInterval(count, hundreds), relation: '≤', bound },
    unit: 'ratio',
  }
}

export function renderGoals(goals: readonly Goal[]): string {
  return renderTable(
    ['culprit against its goals', 'figure', '95 % interval', 'goal', 'met'],
    goals.map(({ name, value, interval, relation, bound, unit }) => [
      name,
      say(value, unit),
      `${say(interval.low, unit)}–${say(interval.high, unit)}`,
      `${relation} ${say(bound, unit)}`,
      isMet({ value, relation, bound }) ? 'yes' : 'NO',
    ]),
  )
}

function isMet({ value, relation, bound }: Pick<Goal, 'value' | 'relation' | 'bound'>): boolean {
  return relation === '≥' ? value >= bound : value <= bound
}

function say(value: number, unit: Goal['unit']): string {
  if (!Number.isFinite(value)) return '–'
  return unit === 'seconds' ? `${inSeconds(value)} s` : value.toFixed(unit === 'share' ? 4 : 3)
}
