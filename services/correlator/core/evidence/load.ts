import { medianSorted } from 'simple-statistics'
import type { ScopeMinute } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { normalDensity } from '../log-math.ts'
import { total } from '../total.ts'
import { sayPercent } from '../wording.ts'

const MINUTE_MS = 60_000
/** Far enough before the onset that a rising surge is not taken for normal. */
const BEFORE_FROM_MS = 50 * MINUTE_MS
const BEFORE_TO_MS = 12 * MINUTE_MS
const BEFORE_MINUTES_MIN = 10
/** Of fewer requests a minute the median is too coarse; of more it leaves out what stood out by itself. */
const MEDIAN_FROM = 20
const RATE_MIN = 0.5
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
  const usual = usualRequests(before)
  const failing = trafficWhileFailing(within(-MINUTE_MS, AFTER_MS), incident.spike.baselineRate)
  if (failing === undefined || usual <= 0) return undefined
  const ratio = failing.requestsPerMinute / usual
  const chanceDeviation = Math.sqrt(1 / (failing.requestsPerMinute * failing.minutes) + 1 / total(before, 'requests'))
  const logOdds = Math.log(surgeDensity(ratio, chanceDeviation) / usualDensity(ratio, chanceDeviation))
  const said = { text: sayTraffic(ratio), data: { ratio, requests_per_minute_before: usual } }
  return { evidence: toEvidence('load', logOdds, said) }
}

/** Requests a minute. What was read holds no minute without any, and may begin later than what was asked for. */
function usualRequests(before: readonly ScopeMinute[]): number {
  const median = medianSorted(before.map(({ requests }) => requests).toSorted((a, b) => a - b))
  if (median >= MEDIAN_FROM) return median
  const times = before.map(({ startMs }) => startMs)
  return total(before, 'requests') / ((Math.max(...times) - Math.min(...times)) / MINUTE_MS + 1)
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
  const requestsPerMinute = Math.max(weighted / weight - countedByErrors(minutes), RATE_MIN)
  return { requestsPerMinute, minutes: weight ** 2 / squares }
}

/** Fuller minutes hold more errors: by how much traffic that is counted by its errors looks more than it is, at chance. */
function countedByErrors(minutes: readonly ScopeMinute[]): number {
  const mean = total(minutes, 'requests') / minutes.length
  const variance = minutes.reduce((sum, { requests }) => sum + (requests - mean) ** 2, 0) / minutes.length
  return Math.min(variance / mean, 1)
}

/** What is too little for a surge can be one only as far as chance leaves out requests. */
function surgeDensity(ratio: number, chanceDeviation: number): number {
  const surge = Math.max(ratio, SURGE_RATIO_MIN)
  const short = Math.log(surge / ratio) / chanceDeviation
  const density = normalDensity(Math.log(surge), SURGE.mean, Math.hypot(SURGE.deviation, chanceDeviation))
  return Math.max(density * Math.exp(-0.5 * short ** 2), 1e-6)
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
