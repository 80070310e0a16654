import { type Change, INFERRED_SOURCE } from '../../../shared/domain/change.ts'
import type { Candidate } from './candidates.ts'
import type { IncidentCase } from './incident-case.ts'
import type { Target } from './rollback-target.ts'
import { sayChange, sayDuration, sayName } from './wording.ts'

const GONE_AFTER_MS = 24 * 3_600_000
const NAMED_MAX = 3

/** What to mind before a change is taken back. */
export function findCautions(
  incident: IncidentCase,
  { change, rollout }: Candidate,
  facts: {
    readonly target: Target | undefined
    readonly changes: readonly Change[]
    /** Whether the recommended command also ends a rollout that is under way. */
    readonly endsRollout?: boolean
  },
): readonly string[] {
  const cautions: string[] = []
  if (change.source === INFERRED_SOURCE)
    cautions.push(`nobody reported ${sayChange(change)}: it is inferred from the version that the log names`)
  if (!change.reversible)
    cautions.push(`${sayChange(change)} is marked as not reversible: going back could do more harm`)
  if (change.status === 'started' && change.finishedAtMs === undefined) {
    // A paused Kubernetes deployment can't be undone, and undoing it ends the rollout anyhow.
    const first = facts.endsRollout ? 'taking it back ends that too' : 'pause it first'
    cautions.push(`${sayChange(change)} is still rolling out: ${first}`)
  }
  const since = facts.changes
    .filter((other) => isOnTop(other, change, incident.endAtMs))
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1))
  if (since.length > 0) {
    const names = since.slice(0, NAMED_MAX).map(sayChange).join(', ')
    const more = since.length > NAMED_MAX ? ` and ${since.length - NAMED_MAX} more` : ''
    cautions.push(`changed since on the same service: ${names}${more}`)
  }
  const lastAtMs = facts.target?.lastAtMs
  if (rollout !== undefined && lastAtMs !== undefined && incident.onsetAtMs - lastAtMs > GONE_AFTER_MS) {
    const version = sayName(facts.target?.version ?? '')
    cautions.push(
      `${version} last served ${sayDuration(incident.onsetAtMs - lastAtMs)} before: see that it can still be deployed`,
    )
  }
  return cautions
}

/** A rollback since is no obstacle to one: it may be the one. */
function isOnTop(other: Change, change: Change, untilMs: number): boolean {
  if (other.env !== change.env || other.service !== change.service || other.id === change.id) return false
  if (other.kind === 'rollback' || other.status === 'cancelled') return false
  return other.startedAtMs > change.startedAtMs && other.startedAtMs <= untilMs
}
