import { medianSorted } from 'simple-statistics'
import type { ScopeMinute } from '../evidence-data.ts'
import { total } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { normalDensity } from '../log-math.ts'
import { sayPercent } from '../wording.ts'

const MINUTE_MS = 60_000
/** Far enough before the onset that a rising surge is not taken for normal. */
const BEFORE_FROM_MS = 50 * MINUTE_MS
const BEFORE_TO_MS = 12 * MINUTE_MS
const BEFORE_MINUTES_MIN = 10
const AFTER_MS = 45 * MINUTE_MS

/** Surges that break something: around three times the traffic. ln of it, and its spread. */
const SURGE = { mean: Math.log(3), deviation: 0.55 }
/** Below this ratio traffic is no surge. */
const SURGE_RATIO_MIN = 1.25
/** What traffic does within the hour anyway; and seldom, for reasons of its own or because clients retry, much more. */
const USUAL_DEVIATION = 0.12
const UNUSUAL = { share: 0.015, mean: 0.25, deviation: 0.3 }

/** Did traffic jump when it failed, against what it was shortly before? */
export function weighLoad(incident: IncidentCase): Finding | undefined {
  const { onsetAtMs, data } = incident
  const within = (fromMs: number, toMs: number): ScopeMinute[] => {
    return data.scopeMinutes.filter(({ startMs }) => startMs >= onsetAtMs + fromMs && startMs < onsetAtMs + toMs)
  }
  const before = within(-BEFORE_FROM_MS, -BEFORE_TO_MS)
  if (before.length < BEFORE_MINUTES_MIN) return undefined
  const usual = medianSorted(before.map(({ requests }) => requests).toSorted((a, b) => a - b))
  const failing = trafficWhileFailing(within(-MINUTE_MS, AFTER_MS), incident.spike.baselineRate)
  if (failing === undefined || usual <= 0) return undefined
  const ratio = failing.requestsPerMinute / usual
  const chanceDeviation = Math.sqrt(1 / (failing.requestsPerMinute * failing.minutes) + 1 / total(before, 'requests'))
  const logOdds = Math.log(surgeDensity(ratio, chanceDeviation) / usualDensity(ratio, chanceDeviation))
  const said = { text: sayTraffic(ratio), data: { ratio, requests_per_minute_before: usual } }
  return { evidence: toEvidence('load', logOdds, said) }
}

/** The traffic that the added errors met: each minute counts by its errors, so that it matters little when they began. */
function trafficWhileFailing(
  minutes: readonly ScopeMinute[],
  normal: number,
): { readonly requestsPerMinute: number; readonly minutes: number } | undefined {
  const added = minutes.map(({ requests, errors }) => ({ requests, weight: Math.max(errors - normal * requests, 0) }))
  const weight = total(added, 'weight')
  if (weight <= 0) return undefined
  const squares = added.reduce((sum, minute) => sum + minute.weight ** 2, 0)
  const weighted = added.reduce((sum, minute) => sum + minute.weight * minute.requests, 0)
  return { requestsPerMinute: weighted / weight, minutes: weight ** 2 / squares }
}

function surgeDensity(ratio: number, chanceDeviation: number): number {
  if (ratio < SURGE_RATIO_MIN) return 1e-6
  return normalDensity(Math.log(ratio), SURGE.mean, Math.hypot(SURGE.deviation, chanceDeviation))
}

function usualDensity(ratio: number, chanceDeviation: number): number {
  const x = Math.log(ratio)
  const unusual = normalDensity(x, UNUSUAL.mean, Math.hypot(UNUSUAL.deviation, chanceDeviation))
  return (
    (1 - UNUSUAL.share) * normalDensity(x, 0, Math.hypot(USUAL_DEVIATION, chanceDeviation)) + UNUSUAL.share * unusual
  )
}

function sayTraffic(ratio: number): string {
  if (ratio >= SURGE_RATIO_MIN) return `${Number(ratio.toPrecision(2))} times the traffic of the hour before`
  if (ratio < 1 / SURGE_RATIO_MIN) return `${sayPercent(1 - ratio)} less traffic than in the hour before`
  return 'traffic much as in the hour before'
}
