import { compareGroups, type Stratum } from '../../../../shared/domain/compare-groups.ts'
import type { Candidate } from '../candidates.ts'
import type { HostMinute } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import type { IncidentCase } from '../incident-case.ts'
import { onsetSpan } from '../onset.ts'
import { serviceNamedBy } from '../topology.ts'
import { sayCount, sayPercent } from '../wording.ts'

const MINUTE_MS = 60_000
const CLEARS_AT = -3

/**
 * Without version tags: instances that the change touched (declared, or first seen while it rolled out) against the
 * others in the same minute.
 */
export function weighHostSplit(incident: IncidentCase, candidate: Candidate): Finding | undefined {
  if (candidate.rollout !== undefined || candidate.relation !== 'root') return undefined
  const calls = incident.topology.get(incident.root) ?? new Set()
  const hostMinutes = incident.data.hostMinutes.filter(({ host }) => serviceNamedBy(host, calls) === undefined)
  const touched = touchedHosts(candidate, hostMinutes)
  if (touched.size === 0) return undefined
  const fromMs = Math.floor(onsetSpan(incident.spike).earliestMs / MINUTE_MS) * MINUTE_MS
  const failing = hostMinutes.filter(({ startMs }) => startMs >= fromMs)
  const strata = [...groupBy(failing, ({ startMs }) => startMs).values()].map((hosts) => toStratum(hosts, touched))
  const comparison = compareGroups(strata, 0)
  if (comparison === undefined) return undefined
  const { logBayesFactor, totals } = comparison
  const rate = totals.exposedErrors / totals.exposedRequests
  const otherRate = totals.otherErrors / totals.otherRequests
  const text = `changed instances (${touched.size}) fail ${sayPercent(rate)} of ${sayCount(totals.exposedRequests)} requests, the others at the same time ${sayPercent(otherRate)} of ${sayCount(totals.otherRequests)}`
  const data = {
    hosts: touched.size,
    requests: totals.exposedRequests,
    errors: totals.exposedErrors,
    other_requests: totals.otherRequests,
    other_errors: totals.otherErrors,
  }
  return {
    evidence: toEvidence('host_split', logBayesFactor, { text, data }),
    ...(logBayesFactor <= CLEARS_AT && { clears: 'unchanged_hosts_fail_alike' as const }),
  }
}

/** Declared, or all that were first seen since it began: what came later runs it too. */
function touchedHosts({ change, startMs }: Candidate, hostMinutes: readonly HostMinute[]): ReadonlySet<string> {
  const declared = change.scope?.hosts
  if (declared !== undefined) {
    const names = new Set(declared)
    return new Set(hostMinutes.map(({ host }) => host).filter((host) => names.has(host)))
  }
  if (change.kind !== 'deploy' && change.kind !== 'infra' && change.kind !== 'dependency') return new Set()
  const readFromMs = Math.min(...hostMinutes.map((minute) => minute.startMs))
  // Which ones are new can't be told where nothing is read from before it.
  if (startMs - MINUTE_MS <= readFromMs) return new Set()
  const appeared = [...groupBy(hostMinutes, ({ host }) => host)].filter(
    ([, minutes]) => Math.min(...minutes.map((minute) => minute.startMs)) >= startMs - MINUTE_MS,
  )
  return new Set(appeared.map(([host]) => host))
}

function toStratum(hosts: readonly HostMinute[], touched: ReadonlySet<string>): Stratum {
  const sum = (rows: readonly HostMinute[], field: 'requests' | 'errors'): number => {
    return rows.reduce((total, row) => total + row[field], 0)
  }
  const exposed = hosts.filter(({ host }) => touched.has(host))
  const others = hosts.filter(({ host }) => !touched.has(host))
  return {
    exposedRequests: sum(exposed, 'requests'),
    exposedErrors: sum(exposed, 'errors'),
    otherRequests: sum(others, 'requests'),
    otherErrors: sum(others, 'errors'),
  }
}
