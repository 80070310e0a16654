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
const AFTER_MS = 10 * MINUTE_MS
const PEAK_MINUTES = 4

/** Surges that break something: around three times the traffic. ln of it, and its spread. */
const SURGE = { mean: Math.log(3), deviation: 0.55 }
/** Below this ratio traffic is no surge. */
const SURGE_RATIO_MIN = 1.25
/** What traffic does within the hour anyway; and seldom, for reasons of its own or because clients retry, much more. */
const USUAL_DEVIATION = 0.12
const UNUSUAL = { share: 0.015, mean: 0.25, deviation: 0.3 }

/** Did traffic jump at the onset against what it was shortly before? */
export function weighLoad({ data, onsetAtMs }: IncidentCase): Finding | undefined {
  const minutes = data.scopeMinutes.toSorted((a, b) => a.startMs - b.startMs)
  const before = minutes.filter(
    ({ startMs }) => startMs >= onsetAtMs - BEFORE_FROM_MS && startMs < onsetAtMs - BEFORE_TO_MS,
  )
  const after = minutes.filter(({ startMs }) => startMs >= onsetAtMs - MINUTE_MS / 2 && startMs < onsetAtMs + AFTER_MS)
  if (before.length < BEFORE_MINUTES_MIN || after.length === 0) return undefined
  const usual = medianSorted(before.map(({ requests }) => requests).toSorted((a, b) => a - b))
  const peak = peakOf(after)
  if (usual <= 0 || peak.requests <= 0) return undefined
  const ratio = peak.requests / peak.minutes / usual
  const chanceDeviation = Math.sqrt(1 / peak.requests + 1 / Math.max(total(before, 'requests'), 1))
  const logOdds = Math.log(surgeDensity(ratio, chanceDeviation) / usualDensity(ratio, chanceDeviation))
  return {
    evidence: toEvidence('load', logOdds, {
      text: sayTraffic(ratio),
      data: { ratio, requests_per_minute_before: usual },
    }),
  }
}

/** The busiest few minutes in a row. */
function peakOf(minutes: readonly ScopeMinute[]): { readonly requests: number; readonly minutes: number } {
  const length = Math.min(PEAK_MINUTES, minutes.length)
  const runs = minutes
    .slice(0, minutes.length - length + 1)
    .map((_, from) => total(minutes.slice(from, from + length), 'requests'))
  return { requests: Math.max(...runs), minutes: length }
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
