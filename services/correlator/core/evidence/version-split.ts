import { compareGroups, type GroupComparison, type Stratum } from '../../../../shared/domain/compare-groups.ts'
import { estimateCorrelation } from '../../../../shared/domain/error-correlation.ts'
import type { Candidate } from '../candidates.ts'
import type { TrafficCell } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { type IncidentCase, isInScope } from '../incident-case.ts'
import { onsetSpan } from '../onset.ts'
import { sayCount, sayName, sayPercent } from '../wording.ts'

/** From here down the old version fails so much alike that the new one is innocent. */
const CLEARS_AT = -3

/** While both versions serve: does the new one fail more than the old one in the same cell, region and route? */
export function weighVersionSplit(incident: IncidentCase, candidate: Candidate): Finding | undefined {
  const { rollout, service } = candidate
  if (rollout === undefined || service === undefined) return undefined
  const split = splitVersions(incident, service, rollout.exposed)
  if (split === undefined) return undefined
  const { logBayesFactor } = split.comparison
  const evidence = toEvidence('version_split', logBayesFactor, describeSplit(rollout.version, split))
  return { evidence, ...(logBayesFactor <= CLEARS_AT && { clears: 'old_version_fails_alike' as const }) }
}

export interface VersionComparison {
  readonly comparison: GroupComparison
  readonly oldVersions: readonly string[]
}

/** Compares the exposed versions of a service with its others from the onset on; undefined when they never served together. */
export function splitVersions(
  incident: IncidentCase,
  service: string,
  exposed: ReadonlySet<string>,
): VersionComparison | undefined {
  const fromMs = onsetSpan(incident.spike).earliestMs
  const tagged = incident.data.cells.filter((cell) => {
    const inScope = service !== incident.root || isInScope(incident.request, cell)
    return cell.service === service && cell.version !== '' && inScope
  })
  const failing = tagged.filter(({ startMs }) => startMs >= fromMs)
  const quiet = tagged.filter(({ startMs }) => startMs < fromMs)
  const places = groupBy(failing, ({ startMs, region, method, route }) => `${startMs} ${region} ${method} ${route}`)
  const strata = [...places.values()].map((cells) => toStratum(cells, exposed))
  const comparison = compareGroups(strata, estimateCorrelation(quiet))
  if (comparison === undefined) return undefined
  const oldVersions = new Set(failing.filter(({ version }) => !exposed.has(version)).map(({ version }) => version))
  return { comparison, oldVersions: [...oldVersions].toSorted() }
}

function toStratum(cells: readonly TrafficCell[], exposed: ReadonlySet<string>): Stratum {
  const stratum = { exposedRequests: 0, exposedErrors: 0, otherRequests: 0, otherErrors: 0 }
  for (const { version, requests, errors } of cells) {
    if (exposed.has(version)) {
      stratum.exposedRequests += requests
      stratum.exposedErrors += errors
    } else {
      stratum.otherRequests += requests
      stratum.otherErrors += errors
    }
  }
  return stratum
}

/** `v42 fails 8.1 % of 9,014 requests, v41 at the same time 0.2 % of 8,551`. */
export function describeSplit(version: string, split: VersionComparison): Pick<Finding['evidence'], 'text' | 'data'> {
  const { exposedRequests, exposedErrors, otherRequests, otherErrors } = split.comparison.totals
  const [only, ...more] = split.oldVersions
  const old = only !== undefined && more.length === 0 ? sayName(only) : 'other versions'
  const exposedRate = exposedErrors / exposedRequests
  const otherRate = otherErrors / otherRequests
  const text = `${sayName(version)} fails ${sayPercent(exposedRate)} of ${sayCount(exposedRequests)} requests, ${old} at the same time ${sayPercent(otherRate)} of ${sayCount(otherRequests)}`
  return {
    text,
    data: {
      version,
      requests: exposedRequests,
      errors: exposedErrors,
      other_versions: split.oldVersions,
      other_requests: otherRequests,
      other_errors: otherErrors,
    },
  }
}
