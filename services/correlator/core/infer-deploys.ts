import { type Change, INFERRED_SOURCE } from '../../../shared/domain/change.ts'
import { isSameVersion } from '../../../shared/domain/same-version.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import type { VersionSpan } from './evidence-data.ts'
import { groupBy } from './group-by.ts'
import type { IncidentCase } from './incident-case.ts'
import { mayBring } from './match-version.ts'
import { onsetSpan } from './onset.ts'

/** Where this many versions appear in one lookback, what the log calls a version is none. */
const NEW_VERSIONS_MAX = 10

/** Versions of one service as its log shows them, and when one must have appeared to be told of. */
export interface SightedVersions {
  readonly env: string
  readonly service: string
  readonly spans: readonly VersionSpan[]
  readonly fromMs: number
  /** Included. */
  readonly toMs: number
  /** Whether the environment's log holds no other service. */
  readonly isAlone: boolean
}

/**
 * Deploys that nobody declared: a version first seen in the log then that no declared change brought. They are changes like
 * any other, but for their source. The first version that a log has is none: it ran before.
 */
export function inferDeploys(sighted: SightedVersions, changes: readonly Change[]): readonly Change[] {
  const { env, service, fromMs, toMs, isAlone } = sighted
  const spans = sighted.spans.filter((span) => span.version !== '' && span.service === service)
  const logBeganMs = Math.min(...spans.map(({ firstAtMs }) => firstAtMs))
  // A log of one service need not call it what the deploys of one service call it.
  const ofService = changes.filter((change) => isAlone || change.service === service || change.service === undefined)
  const appeared = spans.filter(({ firstAtMs }) => firstAtMs > logBeganMs && firstAtMs >= fromMs && firstAtMs <= toMs)
  const undeclared = appeared.filter((span) => !isDeclared(span, ofService, spans))
  return appeared.length > NEW_VERSIONS_MAX ? [] : undeclared.map((span) => toDeploy(env, span, spans))
}

/** Those that an incident may be due to: of its services, before its onset. */
export function inferSuspects(incident: IncidentCase, changes: readonly Change[]): readonly Change[] {
  const { data, settings, onsetAtMs, group } = incident
  const fromMs = onsetAtMs - settings.lookbackMs
  const toMs = onsetSpan(incident.spike).latestMs
  const isAlone = new Set(data.serviceMinutes.map(({ service }) => service)).size <= 1
  return [...groupBy(data.versions, ({ service }) => service)].flatMap(([service, spans]) => {
    return inferDeploys({ env: group.env, service, spans, fromMs, toMs, isAlone }, changes)
  })
}

/** Whether one of these reports is of a deploy that was inferred before it came. */
export function isReported(inferred: Change, reports: readonly Change[]): boolean {
  const { version = '', startedAtMs } = inferred
  return reports.some((report) => {
    if (report.source === INFERRED_SOURCE || report.env !== inferred.env) return false
    if (report.service !== undefined && report.service !== inferred.service) return false
    const names = [report.version, report.previousVersion]
    if (names.some((name) => name !== undefined && isSameVersion(version, name))) return true
    return mayBring(report, { firstAtMs: startedAtMs })
  })
}

/** By its name, or by a change of code at that time whose own version the log does not know by its name. */
function isDeclared(span: VersionSpan, changes: readonly Change[], spans: readonly VersionSpan[]): boolean {
  const isNamed = (tag: string, name: string | undefined) => name !== undefined && isSameVersion(tag, name)
  return changes.some((change) => {
    if (isNamed(span.version, change.version) || isNamed(span.version, change.previousVersion)) return true
    const isSeenItself = spans.some(({ version }) => isNamed(version, change.version))
    return !isSeenItself && mayBring(change, span)
  })
}

function toDeploy(env: string, { service, version, firstAtMs }: VersionSpan, spans: readonly VersionSpan[]): Change {
  const [previous] = spans
    .filter((span) => span.firstAtMs < firstAtMs)
    .toSorted((a, b) => b.lastAtMs - a.lastAtMs || b.firstAtMs - a.firstAtMs || (a.version < b.version ? -1 : 1))
  return {
    id: `${INFERRED_SOURCE}_${stableHash(JSON.stringify([env, service, version]))}`,
    startedAtMs: firstAtMs,
    kind: 'deploy',
    service,
    env,
    version,
    ...(previous !== undefined && { previousVersion: previous.version }),
    status: 'succeeded',
    source: INFERRED_SOURCE,
    reversible: true,
  }
}
