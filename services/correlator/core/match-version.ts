import type { Change } from '../../../shared/domain/change.ts'
import { isSameVersion } from '../../../shared/domain/same-version.ts'
import type { VersionSpan } from './evidence-data.ts'

const MINUTE_MS = 60_000
/** A version may be seen this long before its deploy was recorded… */
const SEEN_EARLY_MS = 2 * MINUTE_MS
/** …and this long after it ended, or began where no end is known. */
const SEEN_LATE_MS = 5 * MINUTE_MS
const UNFINISHED_MS = 30 * MINUTE_MS

/** What a deploy put into traffic, as the log's version tags show it. */
export interface Rollout {
  /** The tag in the log. */
  readonly version: string
  /** The versions that hold the change: this one and what came after it. */
  readonly exposed: ReadonlySet<string>
  /** First request on it; absent when it ran before (a rollback brings an old version back). */
  readonly firstTrafficMs?: number
}

export type VersionMatch =
  | { readonly kind: 'rollout'; readonly rollout: Rollout }
  /** Its version took no traffic, though other changes' versions are known to show in this log. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' }

/** Finds a change's version among the tags of its service. `deploys` are all changes of the service. */
export function matchVersion(change: Change, spans: readonly VersionSpan[], deploys: readonly Change[]): VersionMatch {
  const tagged = spans.filter(({ version }) => version !== '')
  if (tagged.length === 0 || !replacesCode(change)) return { kind: 'unknown' }
  const named = tagged.find((span) => change.version !== undefined && isSameVersion(span.version, change.version))
  const found = named ?? findUnclaimed(change, tagged, deploys)
  if (found !== undefined) return { kind: 'rollout', rollout: toRollout(change, found, tagged) }
  // Only a log whose tags are known to be what deploys call versions can show that one is missing.
  const speaksOurNames = deploys.some(({ version, previousVersion }) => {
    return tagged.some((span) =>
      [version, previousVersion].some((name) => name !== undefined && isSameVersion(span.version, name)),
    )
  })
  return change.version !== undefined && speaksOurNames ? { kind: 'absent' } : { kind: 'unknown' }
}

/** Whether a version first seen then may be what this change of code brought. */
export function mayBring(change: Change, { firstAtMs }: Pick<VersionSpan, 'firstAtMs'>): boolean {
  const fromMs = change.startedAtMs - SEEN_EARLY_MS
  const toMs = (change.finishedAtMs ?? change.startedAtMs + UNFINISHED_MS) + SEEN_LATE_MS
  return replacesCode(change) && firstAtMs >= fromMs && firstAtMs <= toMs
}

function replacesCode({ kind }: Change): boolean {
  return kind === 'deploy' || kind === 'rollback' || kind === 'dependency'
}

/** A version that appeared while the change took effect and that no other change names. */
function findUnclaimed(
  change: Change,
  spans: readonly VersionSpan[],
  deploys: readonly Change[],
): VersionSpan | undefined {
  const logBeganMs = Math.min(...spans.map(({ firstAtMs }) => firstAtMs))
  const appeared = spans.filter(({ firstAtMs, version }) => {
    const claimed = deploys.some((other) => other.version !== undefined && isSameVersion(version, other.version))
    return mayBring(change, { firstAtMs }) && firstAtMs > logBeganMs && !claimed
  })
  return appeared.length === 1 ? appeared[0] : undefined
}

function toRollout(change: Change, found: VersionSpan, spans: readonly VersionSpan[]): Rollout {
  const logBeganMs = Math.min(...spans.map(({ firstAtMs }) => firstAtMs))
  const isNew = found.firstAtMs >= change.startedAtMs - SEEN_EARLY_MS && found.firstAtMs > logBeganMs
  if (!isNew) return { version: found.version, exposed: new Set([found.version]) }
  const later = spans.filter(({ firstAtMs }) => firstAtMs >= found.firstAtMs)
  return {
    version: found.version,
    exposed: new Set(later.map(({ version }) => version)),
    firstTrafficMs: found.firstAtMs,
  }
}
