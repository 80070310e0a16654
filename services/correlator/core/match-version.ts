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

/** Finds changes' versions among the tags of their service. `deploys` are all changes of the service. */
export function createVersionMatcher(
  spans: readonly VersionSpan[],
  deploys: readonly Change[],
): (change: Change) => VersionMatch {
  const tagged = spans.filter(({ version }) => version !== '')
  const logBeganMs = Math.min(...tagged.map(({ firstAtMs }) => firstAtMs))
  const isClaimed = remember(({ version }: VersionSpan) =>
    deploys.some((other) => other.version !== undefined && isSameVersion(version, other.version)),
  )
  // Only a log whose tags are known to be what deploys call versions can show that one is missing.
  const speaksOurNames = remember((named: readonly Change[]) =>
    named.some(({ version, previousVersion }) =>
      tagged.some((span) =>
        [version, previousVersion].some((name) => name !== undefined && isSameVersion(span.version, name)),
      ),
    ),
  )
  return (change) => {
    if (tagged.length === 0 || !replacesCode(change)) return { kind: 'unknown' }
    const { version } = change
    const named = version === undefined ? undefined : tagged.find((span) => isSameVersion(span.version, version))
    // A version that appeared while the change took effect and that no other change names.
    const unclaimed = (): VersionSpan[] =>
      tagged.filter((span) => mayBring(change, span) && span.firstAtMs > logBeganMs && !isClaimed(span))
    const found = named ?? onlyOne(unclaimed())
    if (found !== undefined) return { kind: 'rollout', rollout: toRollout(change, found, tagged) }
    return version !== undefined && speaksOurNames(deploys) ? { kind: 'absent' } : { kind: 'unknown' }
  }
}

/** The same function, asked once of each argument. */
function remember<Of, Answer>(ask: (of: Of) => Answer): (of: Of) => Answer {
  const answers = new Map<Of, Answer>()
  return (of) => {
    const known = answers.get(of)
    if (known !== undefined) return known
    const answer = ask(of)
    answers.set(of, answer)
    return answer
  }
}

function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined
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
