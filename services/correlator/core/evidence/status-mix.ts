import type { ServiceMinute, StatusShares, StatusTotal } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import type { IncidentCase } from '../incident-case.ts'
import { toStatusShares } from '../status-shares.ts'
import { total } from '../total.ts'
import { STATUS_PROFILES } from '../weights.ts'
import { sayPercent } from '../wording.ts'

const ERRORS_MIN = 5
const MINUTE_MS = 60_000
/** So long at a time is looked at; what fails this much more than in the better quarter of them is not normal. */
const SPAN_MS = 10 * MINUTE_MS
const FAILING_RATIO = 3
const FAILING_ERRORS = 5

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
  const before = doingWell(
    data.serviceMinutes.filter((minute) => minute.service === root && minute.startMs < onsetAtMs - 2 * MINUTE_MS),
  )
  const scale = total(during, 'requests') / Math.max(total(before, 'requests'), 1)
  const added = (count: number, normal: number): number => Math.max(count - normal * scale, 0)
  const gateway = added(countOf(during, [502, 504]), total(before, 'gatewayErrors'))
  const unavailable = added(countOf(during, [503]), total(before, 'unavailableErrors'))
  const others = during.filter(({ status }) => status >= 500 && status <= 599 && ![502, 503, 504].includes(status))
  const othersBefore = total(before, 'errors') - total(before, 'gatewayErrors') - total(before, 'unavailableErrors')
  const errors = gateway + unavailable + added(total(others, 'requests'), othersBefore)
  return errors < ERRORS_MIN ? undefined : toStatusShares({ errors, gateway, unavailable })
}

/** Without what failed before this: an earlier incident is no measure of what is normal. */
function doingWell(minutes: readonly ServiceMinute[]): readonly ServiceMinute[] {
  const spans = [...groupBy(minutes, ({ startMs }) => Math.floor(startMs / SPAN_MS)).values()]
  const rates = spans
    .map((span) => total(span, 'errors') / Math.max(total(span, 'requests'), 1))
    .toSorted((a, b) => a - b)
  const usual = rates[Math.floor(rates.length / 4)] ?? 0
  return spans
    .filter((span) => total(span, 'errors') <= FAILING_RATIO * usual * total(span, 'requests') + FAILING_ERRORS)
    .flat()
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
