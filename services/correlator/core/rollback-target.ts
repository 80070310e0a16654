import { isSameVersion } from '../../../shared/domain/same-version.ts'
import type { Candidate } from './candidates.ts'
import { baselineRate } from './excess.ts'
import type { IncidentCase } from './incident-case.ts'

const RATE_SLACK = 0.005

/** The version to go back to, and how it served before the onset. */
export interface Target {
  readonly version: string
  readonly requests: number
  readonly errorRate: number
  readonly lastAtMs: number | undefined
}

/** The last version before the change that served at its normal rate; else what the change itself says it replaced. */
export function findTarget(incident: IncidentCase, { change, rollout, service }: Candidate): Target | undefined {
  const normal = baselineRate(incident, incident.root)
  const { previousVersion } = change
  const isPrevious = (version: string) => previousVersion !== undefined && isSameVersion(version, previousVersion)
  // Without a rollout in the log, only what the change says it replaced is known to be older.
  const isOlder = (version: string) => (rollout === undefined ? isPrevious(version) : !rollout.exposed.has(version))
  const served = incident.data.versions
    .filter((span) => {
      const older = span.service === service && span.version !== '' && isOlder(span.version)
      return older && span.requestsBefore > 0 && span.errorsBefore / span.requestsBefore <= 2 * normal + RATE_SLACK
    })
    .toSorted((a, b) => b.firstAtMs - a.firstAtMs || b.lastAtMs - a.lastAtMs || (a.version < b.version ? -1 : 1))
  const named = served.find(({ version }) => isPrevious(version))
  const isKnown = incident.data.versions.some((span) => span.service === service && isPrevious(span.version))
  // What it replaced, if that served well; else the last one that did. One that the log never saw may still be right.
  const found = named ?? (previousVersion === undefined || isKnown ? served[0] : undefined)
  if (found !== undefined) {
    const { version, requestsBefore, errorsBefore, lastAtMs } = found
    return { version, requests: requestsBefore, errorRate: errorsBefore / requestsBefore, lastAtMs }
  }
  return previousVersion === undefined || isKnown
    ? undefined
    : { version: previousVersion, requests: 0, errorRate: 0, lastAtMs: undefined }
}
