import { type NamedScore, withInterval } from './detection-report.ts'
import { renderTable } from './text-table.ts'

/** How well the cause is named, a row each. */
export function renderBlame(subject: string, scores: readonly NamedScore[]): string {
  return renderTable(
    [subject, 'right suspect', 'innocent blamed', 'wrong one blamed', 'calib. error', 'root of cascade'],
    scores.map(({ name, score }) => [
      name,
      withInterval(score.rightSuspect),
      withInterval(score.innocentBlamed),
      withInterval(score.wrongChangeBlamed),
      score.calibrationError.toFixed(3),
      withInterval(score.rootService),
    ]),
  )
}
