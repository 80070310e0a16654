import type { Change } from '../../../shared/domain/change.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import type { ChangeRecord } from './evidence/history.ts'

/** How changes of each service and kind fared, filled as incidents are told in time order. */
export function createChangeRecords(changes: readonly Change[]): {
  /** What was known at a time of changes like this one. */
  readonly recordOf: (change: Change, atMs: number) => ChangeRecord
  readonly blame: (incident: Incident, blameAt: number) => void
} {
  const blamed = new Set<string>()
  return {
    recordOf(change, atMs) {
      const alike = changes.filter(({ id, service, kind, startedAtMs }) => {
        return id !== change.id && service === change.service && kind === change.kind && startedAtMs < atMs
      })
      return { changeCount: alike.length, blamedCount: alike.filter(({ id }) => blamed.has(id)).length }
    },
    blame({ suspects }, blameAt) {
      for (const { changeId, probability } of suspects) if (probability >= blameAt) blamed.add(changeId)
    },
  }
}
