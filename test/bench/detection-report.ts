import type { Score } from './score.ts'
import type { Proportion } from './statistics.ts'
import { renderTable } from './text-table.ts'

/** What was tried, and how it did. */
export interface NamedScore {
  readonly name: string
  readonly score: Score
}

/** How well faults are found, a row each; `subject` says what the rows are. Delays and floors in seconds, p50/p90. */
export function renderDetection(subject: string, scores: readonly NamedScore[]): string {
  const header = [
    ...[subject, 'faults', 'recall', 'precision', 'FA/100sd'],
    ...['delay s', 'floor s', 'onset s', 'inc/fault'],
  ]
  return renderTable(
    header,
    scores.map(({ name, score }) => [
      name,
      String(score.recall.of),
      withInterval(score.recall),
      withInterval(score.precision),
      score.falseAlarmsPer100ServiceDays.toFixed(1),
      `${inSeconds(score.delayP50)}/${inSeconds(score.delayP90)}`,
      `${inSeconds(score.floorP50)}/${inSeconds(score.floorP90)}`,
      inSeconds(score.onsetErrorP50),
      score.incidentsPerFault.toFixed(2),
    ]),
  )
}

/** A share with its 95 % interval. */
export function withInterval({ share, low, high, of }: Proportion): string {
  return of === 0 ? 'none' : `${share.toFixed(3)} ${low.toFixed(2)}–${high.toFixed(2)}`
}

export function inSeconds(ms: number): string {
  return Number.isFinite(ms) ? String(Math.round(ms / 1_000)) : '–'
}
