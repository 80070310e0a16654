import { DEFAULT_ENV } from './access-event.ts'
import { CHANGE_STATUSES, type Change, type ChangeScope, type ChangeStatus } from './change.ts'
import type { ChangeReport } from './change-report.ts'
import { type EnvAliases, normalizeEnv } from './env-aliases.ts'
import { stableHash } from './stable-hash.ts'

/**
 * Reports in order of arrival, one change an id: earliest start, latest finish, furthest status, of the other fields
 * the later one that was given. A report without an id is its own change, named by a hash of its content.
 */
export function mergeReports(reports: readonly ChangeReport[], aliases: EnvAliases): readonly Change[] {
  const merged = new Map<string, ChangeReport>()
  for (const report of reports) {
    const id = report.id ?? `chg_${stableHash(JSON.stringify(report))}`
    const earlier = merged.get(id)
    merged.set(id, earlier === undefined ? { ...report, id } : mergeTwo(earlier, report))
  }
  return [...merged].map(([id, report]) => toChange(id, report, aliases))
}

function mergeTwo(earlier: ChangeReport, later: ChangeReport): ChangeReport {
  const given = Object.fromEntries(Object.entries(later).filter(([, value]) => value != null))
  const finishes = [earlier.finished_at, later.finished_at].filter((atMs) => atMs != null)
  return {
    ...earlier,
    ...given,
    ts: Math.min(earlier.ts, later.ts),
    finished_at: finishes.length === 0 ? undefined : Math.max(...finishes),
    status: furthest(earlier.status ?? undefined, later.status ?? undefined),
  }
}

function furthest(one: ChangeStatus | undefined, other: ChangeStatus | undefined): ChangeStatus | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return CHANGE_STATUSES.indexOf(one) > CHANGE_STATUSES.indexOf(other) ? one : other
}

function toChange(id: string, report: ChangeReport, aliases: EnvAliases): Change {
  return {
    id,
    startedAtMs: report.ts,
    // Clocks of the two ends may disagree; an interval never ends before it begins.
    ...(report.finished_at != null && { finishedAtMs: Math.max(report.ts, report.finished_at) }),
    kind: report.kind ?? (report.version === undefined ? 'other' : 'deploy'),
    env: normalizeEnv(report.env ?? DEFAULT_ENV, aliases),
    status: report.status ?? 'succeeded',
    reversible: report.reversible ?? true,
    ...(report.service !== undefined && { service: report.service }),
    ...(report.version !== undefined && { version: report.version }),
    ...(report.previous_version !== undefined && { previousVersion: report.previous_version }),
    ...(report.title !== undefined && { title: report.title }),
    ...(report.author !== undefined && { author: report.author }),
    ...(report.url !== undefined && { url: report.url }),
    ...(report.commit !== undefined && { commit: report.commit }),
    ...(report.repo !== undefined && { repo: report.repo }),
    ...(report.pull_request !== undefined && { pullRequest: report.pull_request }),
    ...(report.source !== undefined && { source: report.source }),
    ...(report.scope != null && { scope: toScope(report.scope) }),
    ...(report.rollback != null && { rollback: toRollback(report.rollback) }),
  }
}

function toScope(scope: NonNullable<ChangeReport['scope']>): ChangeScope {
  return {
    ...(scope.regions != null && { regions: scope.regions }),
    ...(scope.hosts != null && { hosts: scope.hosts }),
    ...(scope.routes != null && { routes: scope.routes }),
    ...(scope.percent != null && { percent: scope.percent }),
  }
}

function toRollback(rollback: NonNullable<ChangeReport['rollback']>): NonNullable<Change['rollback']> {
  return {
    ...(rollback.command != null && { command: rollback.command }),
    ...(rollback.url != null && { url: rollback.url }),
  }
}
