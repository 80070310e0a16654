import { logSumExp } from '../../../../shared/domain/log-sum-exp.ts'
import type { Candidate } from '../candidates.ts'
import type { TrafficCell } from '../evidence-data.ts'
import { baselineRate } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { type IncidentCase, isInScope } from '../incident-case.ts'
import { logMean } from '../log-math.ts'
import { onsetSpan } from '../onset.ts'
import { total } from '../total.ts'
import { sayName, sayPercent } from '../wording.ts'

/** Added failure rates over the normal one; all alike likely. */
const ADDED_RATIOS = [2, 10, 50, 250]
/** One fault in five hits one region for reasons of its own. */
const REGIONAL_SHARE = 0.2
const PRIOR_ERRORS = 5

/** One region in one cell. */
interface Place {
  readonly region: string
  readonly requests: number
  readonly errors: number
  /** Share of its requests on the new version, 0–1. */
  readonly dose: number
}

/**
 * Across regions at the same moment: do errors go where the new version is? The version split compares within a region,
 * this compares regions, so the two do not repeat each other.
 */
export function weighDose(incident: IncidentCase, { rollout, change, service }: Candidate): Finding | undefined {
  if (rollout === undefined || service !== incident.root || change.scope?.regions !== undefined) return undefined
  const fromMs = onsetSpan(incident.spike).earliestMs
  const rows = incident.data.cells.filter((cell) => {
    return cell.service === service && cell.startMs >= fromMs && isInScope(incident.request, cell)
  })
  const moments = [...groupBy(rows, ({ startMs }) => startMs).values()].map((cells) => toPlaces(cells, rollout.exposed))
  const uneven = moments.filter((places) => new Set(places.map(({ dose }) => dose.toFixed(2))).size > 1)
  if (total(uneven.flat(), 'errors') < 3) return undefined
  const normal = normalRates(incident, service)
  const regions = [...new Set(uneven.flat().map(({ region }) => region))]
  const fits = (added: (place: Place) => number): number => {
    return logMean(
      ADDED_RATIOS.map((ratio) =>
        uneven.reduce((sum, places) => sum + logFit(places, normal, (place) => ratio * added(place)), 0),
      ),
    )
  }
  const byDose = fits(({ dose }) => dose)
  const everywhere = uneven.reduce((sum, places) => sum + logFit(places, normal, () => 0), 0)
  const byRegion = logMean(regions.map((hurt) => fits(({ region }) => (region === hurt ? 1 : 0))))
  const otherwise = logSumExp([Math.log(1 - REGIONAL_SHARE) + everywhere, Math.log(REGIONAL_SHARE) + byRegion])
  const said = describe(uneven.flat(), rollout.version, regions)
  return { evidence: toEvidence('dose', byDose - otherwise, said) }
}

function toPlaces(cells: readonly TrafficCell[], exposed: ReadonlySet<string>): Place[] {
  return [...groupBy(cells, ({ region }) => region)].map(([region, ofRegion]) => {
    const requests = total(ofRegion, 'requests')
    const onNew = total(
      ofRegion.filter(({ version }) => exposed.has(version)),
      'requests',
    )
    return { region, requests, errors: total(ofRegion, 'errors'), dose: requests > 0 ? onNew / requests : 0 }
  })
}

/** Each region's normal error rate over the service's. */
function normalRates(incident: IncidentCase, service: string): (region: string) => number {
  const rate = baselineRate(incident, service)
  const rows = incident.data.totals.filter((row) => row.service === service)
  const factors = new Map(
    [...groupBy(rows, ({ region }) => region)].map(([region, ofRegion]) => {
      const smoothed =
        (total(ofRegion, 'errorsBefore') + PRIOR_ERRORS) / (total(ofRegion, 'requestsBefore') + PRIOR_ERRORS / rate)
      return [region, smoothed / rate]
    }),
  )
  return (region) => factors.get(region) ?? 1
}

/** ln of the chance that this cell's errors fall on its regions as they did, when a region's rate is normal plus `added`. */
function logFit(places: readonly Place[], normal: (region: string) => number, added: (place: Place) => number): number {
  const weights = places.map((place) => place.requests * (normal(place.region) + added(place)))
  const sum = weights.reduce((left, weight) => left + weight, 0)
  return places.reduce(
    (fit, { errors }, index) => (errors === 0 ? fit : fit + errors * Math.log((weights[index] ?? 0) / sum)),
    0,
  )
}

function describe(
  places: readonly Place[],
  version: string,
  regions: readonly string[],
): Pick<Finding['evidence'], 'text' | 'data'> {
  const perRegion = regions
    .map((region) => {
      const here = places.filter((place) => place.region === region)
      const requests = total(here, 'requests')
      const onNew = here.reduce((sum, place) => sum + place.requests * place.dose, 0)
      return { region, share_on_version: onNew / requests, error_rate: total(here, 'errors') / requests }
    })
    .toSorted((a, b) => b.share_on_version - a.share_on_version)
  const [most, least] = [perRegion[0], perRegion.at(-1)]
  const say = (row: typeof most): string => {
    if (row === undefined) return ''
    return `${sayName(row.region || 'no region')} with ${sayPercent(row.share_on_version)} of it fails ${sayPercent(row.error_rate)}`
  }
  return {
    text: `errors against the share of ${sayName(version)}: ${say(most)}, ${say(least)}`,
    data: { version, regions: perRegion },
  }
}
