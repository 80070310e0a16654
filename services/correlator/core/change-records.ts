import type { Change } from '../../../shared/domain/change.ts'
import type { Feedback } from '../../../shared/domain/command.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import type { ChangeRecord } from './evidence/history.ts'
import { groupBy } from './group-by.ts'

/** How changes of each service and kind fared, filled as incidents are told in time order; what people say of it counts first. */
export function createChangeRecords(
  changes: readonly Change[],
  feedback: readonly Feedback[],
  blamedBefore: readonly string[] = [],
): {
  /** What was known at a time of changes like this one; those from before anybody watched count only where they were blamed. */
  readonly recordOf: (change: Change, known: { readonly atMs: number; readonly watchedSinceMs: number }) => ChangeRecord
  readonly blame: (incident: Incident, blameAt: number) => void
} {
  const blamed = new Set(blamedBefore)
  const verdicts = readVerdicts(feedback)
  const isGuilty = (id: string): boolean => verdicts.get(id) ?? blamed.has(id)
  const keyOf = ({ service, kind }: Change): string => JSON.stringify([service, kind])
  const byKind = groupBy(changes, keyOf)
  return {
    recordOf(change, { atMs, watchedSinceMs }) {
      const alike = (byKind.get(keyOf(change)) ?? []).filter(({ id, startedAtMs }) => {
        return id !== change.id && startedAtMs < atMs && (startedAtMs >= watchedSinceMs || isGuilty(id))
      })
      return { changeCount: alike.length, blamedCount: alike.filter(({ id }) => isGuilty(id)).length }
    },
    blame({ suspects }, blameAt) {
      for (const { changeId, probability } of suspects) if (probability >= blameAt) blamed.add(changeId)
    },
  }
}

/** Whether each change that people spoke of broke something, by their last word on it. */
function readVerdicts(feedback: readonly Feedback[]): ReadonlyMap<string, boolean> {
  const verdicts = new Map<string, boolean>()
  for (const { verdict, suspect_id, change_id } of feedback.toSorted(byTime)) {
    if (suspect_id !== null) verdicts.set(suspect_id, verdict === 'right')
    if (change_id !== null) verdicts.set(change_id, true)
  }
  return verdicts
}

/** Earliest first. */
export function byTime(one: Feedback, other: Feedback): number {
  return Date.parse(one.at) - Date.parse(other.at)
}
