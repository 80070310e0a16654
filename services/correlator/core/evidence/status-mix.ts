import type { StatusShares, StatusTotal } from '../evidence-data.ts'
import { total } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { toStatusShares } from '../status-shares.ts'
import { STATUS_PROFILES } from '../weights.ts'
import { sayPercent } from '../wording.ts'

const ERRORS_MIN = 5

/**
 * How the root's added errors divide over 500, 503 and 502 with 504, read as one draw from what each cause shows, against
 * the unknown cause.
 */
export function weighStatusMix(incident: IncidentCase, cause: keyof typeof STATUS_PROFILES): Finding | undefined {
  const shares = addedShares(incident)
  if (shares === undefined) return undefined
  const [profile, unknown] = [STATUS_PROFILES[cause], STATUS_PROFILES.unknown]
  const logOdds = (['internal', 'gateway', 'unavailable'] as const).reduce((sum, part) => {
    return sum + shares[part] * Math.log(profile[part] / unknown[part])
  }, 0)
  return { evidence: toEvidence('status_mix', logOdds, { text: describe(incident, shares), data: { ...shares } }) }
}

/** The mix of what came on top of normal, of the root; undefined of hardly any errors. */
export function addedShares({ data, root, onsetAtMs }: IncidentCase): StatusShares | undefined {
  const during = data.statuses.filter(({ service }) => service === root)
  const before = data.serviceMinutes.filter((minute) => minute.service === root && minute.startMs < onsetAtMs - 120_000)
  const scale = total(during, 'requests') / Math.max(total(before, 'requests'), 1)
  const added = (count: number, normal: number): number => Math.max(count - normal * scale, 0)
  const gateway = added(countOf(during, [502, 504]), total(before, 'gatewayErrors'))
  const unavailable = added(countOf(during, [503]), total(before, 'unavailableErrors'))
  const others = during.filter(({ status }) => status >= 500 && status <= 599 && ![502, 503, 504].includes(status))
  const othersBefore = total(before, 'errors') - total(before, 'gatewayErrors') - total(before, 'unavailableErrors')
  const errors = gateway + unavailable + added(total(others, 'requests'), othersBefore)
  return errors < ERRORS_MIN ? undefined : toStatusShares({ errors, gateway, unavailable })
}

function countOf(statuses: readonly StatusTotal[], wanted: readonly number[]): number {
  return total(
    statuses.filter(({ status }) => wanted.includes(status)),
    'requests',
  )
}

function describe({ data, root }: IncidentCase, shares: StatusShares): string {
  if (shares.gateway >= 0.5)
    return `${sayPercent(shares.gateway)} of the added errors are 502 or 504: something behind it fails`
  if (shares.unavailable >= 0.5) return `${sayPercent(shares.unavailable)} of the added errors are 503: out of capacity`
  const [most] = data.statuses
    .filter(({ service, status }) => service === root && status >= 500 && status <= 599)
    .toSorted((a, b) => b.requests - a.requests)
  return `the added errors are mostly ${most?.status ?? 500}`
}
