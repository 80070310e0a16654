import type { AffectedSeries } from '../../../shared/domain/incident.ts'
import type { SeriesTotal } from './evidence-data.ts'
import { baselineRate, excessOf } from './excess.ts'
import { groupBy } from './group-by.ts'
import { type IncidentCase, routeKey } from './incident-case.ts'

const AFFECTED_MAX = 20
const SHARE_MIN = 0.02
/** Values that explain a rise hold this much of it… */
const COVERAGE = 0.9
/** …with clearly less of the traffic: else the rise is everywhere. */
const TRAFFIC_MAX = 0.75

const DIMENSIONS: readonly ((row: SeriesTotal) => string)[] = [
  (row) => routeKey(row.method, row.route),
  (row) => row.version,
  (row) => row.region,
]

/** The series that hold the errors above normal, largest first, named only by what sets them apart. */
export function findAffected(incident: IncidentCase): readonly AffectedSeries[] {
  const perService = incident.services.flatMap((service) => {
    const rows = incident.data.totals.filter((row) => row.service === service)
    return findInService(rows, baselineRate(incident, service))
  })
  const wholeExcess = perService.reduce((sum, { excess }) => sum + excess, 0)
  return perService
    .map(({ series, excess }) => ({ ...series, shareOfExcess: wholeExcess > 0 ? excess / wholeExcess : 0 }))
    .filter(({ shareOfExcess }) => shareOfExcess >= SHARE_MIN)
    .toSorted((a, b) => b.shareOfExcess - a.shareOfExcess)
    .slice(0, AFFECTED_MAX)
}

function findInService(rows: readonly SeriesTotal[], rate: number) {
  const explaining = DIMENSIONS.map((pickValue) => findExplaining(rows, pickValue, rate))
  const inside = rows.filter((row) =>
    DIMENSIONS.every((pickValue, index) => explaining[index]?.has(pickValue(row)) ?? true),
  )
  const [byRoute, byVersion, byRegion] = explaining
  const keyOf = (row: SeriesTotal): string => {
    return DIMENSIONS.map((pickValue, index) => (explaining[index] === undefined ? '' : pickValue(row))).join('\n')
  }
  // By name first, so that equal shares come in one order, whatever order the rows came in.
  const byKey = [...groupBy(inside, keyOf)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return byKey.flatMap(([, members]) => {
    const [row] = members
    if (row === undefined) return []
    const { requests, errors, excess } = excessOf(members, rate)
    const series = {
      service: row.service,
      method: byRoute === undefined ? null : row.method,
      route: byRoute === undefined ? null : row.route,
      version: byVersion === undefined ? null : row.version,
      region: byRegion === undefined ? null : row.region,
      requests,
      errors,
    }
    return excess > 0 ? [{ series, excess }] : []
  })
}

/** The fewest values of one dimension that hold nearly all of the excess; undefined when that says nothing. */
function findExplaining(
  rows: readonly SeriesTotal[],
  pickValue: (row: SeriesTotal) => string,
  rate: number,
): ReadonlySet<string> | undefined {
  const values = [...groupBy(rows, pickValue)]
    .map(([value, members]) => ({ value, ...excessOf(members, rate) }))
    .toSorted((a, b) => b.excess - a.excess || (a.value < b.value ? -1 : 1))
  const whole = { excess: sumOf(values, 'excess'), requests: sumOf(values, 'requests') }
  const chosen = new Set<string>()
  let excess = 0
  let requests = 0
  for (const value of values) {
    if (excess >= COVERAGE * whole.excess) break
    chosen.add(value.value)
    excess += value.excess
    requests += value.requests
  }
  const tells = whole.excess > 0 && requests <= TRAFFIC_MAX * whole.requests && !chosen.has('')
  return tells ? chosen : undefined
}

function sumOf<Field extends string>(values: readonly Readonly<Record<Field, number>>[], field: Field): number {
  return values.reduce((sum, value) => sum + value[field], 0)
}
