import type { Candidate } from './candidates.ts'
import { baselineRate } from './excess.ts'
import type { IncidentCase } from './incident-case.ts'
import { isSameVersion } from './match-version.ts'

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
  const served = incident.data.versions
    .filter((span) => {
      const older = span.service === service && span.version !== '' && rollout?.exposed.has(span.version) === false
      return older && span.requestsBefore > 0 && span.errorsBefore / span.requestsBefore <= 2 * normal + RATE_SLACK
    })
    .toSorted((a, b) => b.firstAtMs - a.firstAtMs || b.lastAtMs - a.lastAtMs || (a.version < b.version ? -1 : 1))
  const { previousVersion } = change
  const named = served.find(({ version }) => previousVersion !== undefined && isSameVersion(version, previousVersion))
  const found = named ?? (previousVersion === undefined ? served[0] : undefined)
  if (found !== undefined) {
    const { version, requestsBefore, errorsBefore, lastAtMs } = found
    return { version, requests: requestsBefore, errorRate: errorsBefore / requestsBefore, lastAtMs }
  }
  return previousVersion === undefined
    ? undefined
    : { version: previousVersion, requests: 0, errorRate: 0, lastAtMs: undefined }
}
