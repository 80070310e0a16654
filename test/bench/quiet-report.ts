import type { Tried } from './detection-report.ts'
import { atMost, falseAlarmGoal, type Goal } from './goals.ts'
import { PRODUCT } from './judge-seeds.ts'
import { BLAME_AT } from './score.ts'
import { type Proportion, wilson } from './statistics.ts'
import { renderTable } from './text-table.ts'

/** What is asked for over worlds in which nothing breaks. */
export function quietGoals(quiet: readonly Tried[]): Goal[] {
  const ours = quiet.find(({ name, judgments }) => name === PRODUCT && judgments.length > 0)
  if (ours === undefined) return []
  return [falseAlarmGoal('false alarms per 100 quiet service-days', ours.judgments, 0.2), deploysGoal(ours)]
}

export function deploysGoal(tried: Tried): Goal {
  return atMost('healthy deploys blamed', deploysBlamed(tried), 3 / 16_000)
}

/** False alarms of each rule on worlds in which nothing breaks, and how many of the deploys were blamed. */
export function renderQuiet(quiet: readonly Tried[]): string {
  return renderTable(
    ['quiet weeks', 'service-days', 'false alarms', 'per 100', 'healthy deploys', 'blamed'],
    quiet.map((one) => {
      const alarms = one.judgments.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0)
      const days = one.judgments.reduce((sum, { serviceDays }) => sum + serviceDays, 0)
      const { hits, of } = deploysBlamed(one)
      return [one.name, String(days), String(alarms), ((100 * alarms) / days).toFixed(2), String(of), String(hits)]
    }),
  )
}

function deploysBlamed({ judgments }: Tried): Proportion {
  const blamed = judgments.flatMap(({ falseAlarms }) =>
    falseAlarms.flatMap(({ suspects }) => suspects.filter(({ probability }) => probability >= BLAME_AT)),
  )
  const deploys = judgments.reduce((sum, { deploys }) => sum + deploys, 0)
  return wilson(Math.min(blamed.length, deploys), deploys)
}
