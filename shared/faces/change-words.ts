import { type Change, type ChangeKind, INFERRED_SOURCE } from '../domain/change.ts'
import type { ClearedChange, NonChangeCause } from '../domain/incident.ts'
import { visibleText } from './visible-text.ts'
import { duration } from './words.ts'

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  deploy: 'deploy',
  config: 'config',
  feature_flag: 'flag',
  infra: 'infra',
  migration: 'migration',
  dependency: 'dependency',
  scale: 'scale',
  rollback: 'rollback',
  other: 'change',
}

/** Kinds that people know by the version they bring; the others go by their title. */
const NAMED_BY_VERSION: ReadonlySet<ChangeKind> = new Set(['deploy', 'rollback', 'migration', 'dependency'])

const COMMIT_DIGITS = 7

/** `deploy v42`, `flag new-cart`, `search config #71`. The service is named where it is not `service`. */
export function changeName(change: Change, service?: string): string {
  const elsewhere = change.service !== undefined && change.service !== service ? `${change.service} ` : ''
  return visibleText(`${elsewhere}${KIND_WORDS[change.kind]} ${ownName(change)}`)
}

/** `deploy v42 by ana`, `deploy v42, reported by nobody`. */
export function changeNameAndAuthor(change: Change, service: string): string {
  if (change.source === INFERRED_SOURCE) return `${changeName(change, service)}, reported by nobody`
  const author = change.author === undefined ? '' : ` by ${visibleText(change.author)}`
  return `${changeName(change, service)}${author}`
}

/** `search config #71 (began 4 min after)`. */
export function clearedName(
  cleared: ClearedChange,
  of: { change: Change | undefined; service: string; startedAtMs: number },
): string {
  if (of.change === undefined) return visibleText(cleared.text)
  return `${changeName(of.change, of.service)} (${clearedReason(cleared, of.change.startedAtMs - of.startedAtMs)})`
}

function clearedReason(cleared: ClearedChange, afterOnsetMs: number): string {
  switch (cleared.reason) {
    case 'began_after_onset':
      return afterOnsetMs > 0 ? `began ${duration(afterOnsetMs)} after` : 'began after the first errors'
    case 'fault_already_there':
      return 'it failed before'
    case 'no_traffic_through_it':
      return 'no traffic went through it'
    case 'unchanged_hosts_fail_alike':
      return 'unchanged hosts fail alike'
    case 'old_version_fails_alike':
      return 'old version fails alike'
    case 'outside_its_scope':
      return 'failures are outside its scope'
    case 'victim_of_dependency':
      return 'its service only suffers'
    case 'rate_unmoved':
      return 'errors did not move with it'
  }
}

/** What to call a cause that is no change, e.g. `something that checkout calls`. */
export function otherCauseName(cause: NonChangeCause, service: string): string {
  switch (cause) {
    case 'upstream':
      return `something that ${visibleText(service)} calls`
    case 'load':
      return 'more traffic than it can take'
    case 'client':
      return 'what one client sends'
    case 'unknown':
      return 'no change explains it'
  }
}

function ownName(change: Change): string {
  const request = change.pullRequest === undefined ? undefined : change.pullRequest.replace(/^(\d+)$/, '#$1')
  const commit = change.commit?.slice(0, COMMIT_DIGITS)
  const names = NAMED_BY_VERSION.has(change.kind)
    ? [change.version, change.title, request, commit]
    : [change.title, change.version, request, commit]
  return names.find((name) => name !== undefined && name !== '') ?? change.id
}
