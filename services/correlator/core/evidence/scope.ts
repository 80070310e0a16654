import type { ChangeScope } from '../../../../shared/domain/change.ts'
import type { Candidate } from '../candidates.ts'
import type { SeriesTotal } from '../evidence-data.ts'
import { baselineRate, excessOf } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { type IncidentCase, routeKey } from '../incident-case.ts'
import { normalDensity } from '../log-math.ts'
import { total } from '../total.ts'
import { sayPercent } from '../wording.ts'

const EXCESS_MIN = 5
const CLEARS_AT = -2
/** Chance that a scope was declared wrongly or the fault spreads beyond it. */
const WRONG_SCOPE = 0.05
/** How far the excess of an unrelated fault strays from the traffic's shares. */
const STRAY = 0.15
const PERCENT_SLACK = 1.3

/** Does the excess lie where the change says that it acts? */
export function weighScope(incident: IncidentCase, { change }: Candidate): Finding | undefined {
  const rows = incident.data.totals.filter(({ service }) => service === incident.root)
  const scope = change.scope === undefined ? undefined : keepKnown(change.scope, rows)
  const rate = baselineRate(incident, incident.root)
  const whole = excessOf(rows, rate)
  if (scope === undefined || whole.excess < EXCESS_MIN) return undefined
  if (scope.regions === undefined && scope.routes === undefined) return weighPercent(scope, whole)
  const inside = rows.filter((row) => isInside(row, scope))
  const outside = rows.filter((row) => !isInside(row, scope))
  const insideExcess = excessOf(inside, rate).excess
  const share = insideExcess / Math.max(insideExcess + excessOf(outside, rate).excess, 1)
  const traffic = total(inside, 'requests') / Math.max(whole.requests, 1)
  const guilty = (1 - WRONG_SCOPE) * nearOne(share) + WRONG_SCOPE
  const spread = normalDensity(share, traffic, STRAY)
  const elsewhere = traffic * nearOne(share) + (1 - traffic) * nearOne(1 - share)
  const logOdds = Math.log(guilty / (0.5 * spread + 0.5 * elsewhere))
  const text = `what it touches has ${sayPercent(share)} of the errors above normal, with ${sayPercent(traffic)} of the requests`
  return {
    evidence: toEvidence('scope', logOdds, { text, data: { share_of_excess: share, share_of_requests: traffic } }),
    ...(logOdds <= CLEARS_AT && share < 0.5 && { clears: 'outside_its_scope' as const }),
  }
}

/** Only what the log names by the same names can be compared. */
function keepKnown({ regions, routes, percent }: ChangeScope, rows: readonly SeriesTotal[]): ChangeScope {
  return {
    ...(regions !== undefined && rows.some((row) => isInside(row, { regions })) && { regions }),
    ...(routes !== undefined && rows.some((row) => isInside(row, { routes })) && { routes }),
    ...(percent !== undefined && { percent }),
  }
}

/** A change that only a part of the requests sees can't fail more than that part. */
function weighPercent(
  scope: ChangeScope,
  whole: { readonly requests: number; readonly excess: number },
): Finding | undefined {
  const { percent } = scope
  if (percent === undefined || percent >= 100) return undefined
  const failing = whole.excess / whole.requests
  const fits = failing <= (percent / 100) * PERCENT_SLACK
  const text = `it acts on ${percent} % of requests, and ${sayPercent(failing)} fail above normal`
  const data = { percent, failing_share: failing }
  return {
    evidence: toEvidence('scope', fits ? 0 : -3, { text, data }),
    ...(!fits && { clears: 'outside_its_scope' as const }),
  }
}

function isInside(row: SeriesTotal, { regions, routes }: ChangeScope): boolean {
  const inRegion = regions?.includes(row.region) ?? true
  const onRoute = routes === undefined || routes.includes(row.route) || routes.includes(routeKey(row.method, row.route))
  return inRegion && onRoute
}

/** Density of Beta(12, 1): most of the excess, if not all. */
function nearOne(share: number): number {
  return 12 * Math.min(Math.max(share, 0), 1) ** 11
}
