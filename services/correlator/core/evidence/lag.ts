import { CELL_MS } from '../../../../shared/domain/cell.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import { type Candidate, CLOCK_SKEW_MS } from '../candidates.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { CLIMBING_SHARE_OF_OTHERS, CLIMBING_SHARES, LAG_PARTS } from '../weights.ts'
import { sayDuration, sayFirst, sayName } from '../wording.ts'
import { isSpreading } from './rollout-dose.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
/** A stray normal error just before the first real one makes the onset look early by about this much. */
const EARLY_DEVIATION_MS = 12 * SECOND_MS
/** Most faults show within seconds, some a minute or two later; and none before the first request that fails. */
const FAST_MEANS_MS = {
  gradual: [
    { share: 0.6, meanMs: 30 * SECOND_MS },
    { share: 0.4, meanMs: 80 * SECOND_MS },
  ],
  instant: [
    { share: 0.7, meanMs: 25 * SECOND_MS },
    { share: 0.3, meanMs: 60 * SECOND_MS },
  ],
}
/** A rollout begins with a part of the traffic, and so waits longer for the first that fails. */
const FIRST_SHARE_OF_ROLLOUT = 1 / 3
const UNSEEN_MAX_MS = 10 * MINUTE_MS
/** What rises slowly must have failed about so many requests before anybody can see it. */
const FAILURES_SEEN = 4
const LATE_MEAN_MS = 8 * MINUTE_MS
const SLOW_FROM_MS = 20 * MINUTE_MS
const SLOW_TO_MS = 52 * MINUTE_MS
const SLOW_SHOULDER_MS = 5 * MINUTE_MS
const ROLLOUT_SLACK_MS = MINUTE_MS
const UNSEEN_ONSET_LOG_ODDS = -3
/** Belief that other spikes of the root tell its onset better than the sharpest: thin errors show first where they are all. */
const OTHER_SPIKES_SHARE = 0.2

type LagPart = keyof (typeof LAG_PARTS)['gradual']
const LAG_PART_NAMES = ['fast', 'rollout', 'late', 'slow', 'broad', 'early'] as const satisfies readonly LagPart[]
/** From here on people are told that the errors climbed. */
const CLIMB_TOLD = 2

/**
 * How much likelier the onset is where it is if this change did it than if it is unrelated, when it may lie anywhere in
 * the lookback: the density of guilty lags, averaged over where the change point may be. Faults that surface late climb as
 * they do, those that are there from the start do not. Where the log began inside
 * the fault it may be much older than any change of the lookback, and that counts against all of them.
 */
export function weighLag(incident: IncidentCase, candidate: Candidate): Finding | undefined {
  if (incident.alreadyFailing) {
    const text = 'already failing when the log begins: how long after it is not known'
    return { evidence: toEvidence('lag', UNSEEN_ONSET_LOG_ODDS, { text, data: {} }) }
  }
  const { lookbackMs } = incident.settings
  const { onsetAtMs } = incident.spike
  const guesses = guessOnset(incident)
  const unseenMs = unseenMeanMs(incident, candidate)
  const densityAt = (atMs: number) => lagDensities(candidate, atMs + CELL_MS / 2, { lookbackMs, unseenMs })
  const density = meanDensity(incident, candidate, {
    atOnce: guesses.map(({ atMs, weight }) => ({ weight, densities: densityAt(atMs) })),
    climbing: incident.course.climbStarts.map(({ atMs, weight }) => ({ weight, densities: densityAt(atMs) })),
  })
  const lagMs = onsetAtMs - candidate.startMs
  const data = {
    lag_s: Math.round(lagMs / SECOND_MS),
    rollout_s: Math.round((candidate.endMs - candidate.startMs) / SECOND_MS),
  }
  const hasClimbed = incident.course.climbLogOdds >= CLIMB_TOLD && !isSpreading(candidate, onsetAtMs)
  const said = sayLag(candidate, onsetAtMs, sayFirst(incident.spike))
  const logOdds = Math.log(Math.max(density, Number.MIN_VALUE) * lookbackMs)
  return { evidence: toEvidence('lag', logOdds, { text: hasClimbed ? `${said}, climbing since` : said, data }) }
}

/** Where the onset may be by the root's sharpest spike and, for a part, by its others that began before that was seen. */
function guessOnset({ spike, group, root }: IncidentCase): Spike['onsetGuesses'] {
  const others = group.spikes.filter((other) => {
    const isAlike = other !== spike && other.service === root && other.signal === spike.signal
    return isAlike && other.onsetAtMs <= spike.detectedAtMs
  })
  if (others.length === 0) return guessesOf(spike, 1)
  const share = OTHER_SPIKES_SHARE / others.length
  return [...guessesOf(spike, 1 - OTHER_SPIKES_SHARE), ...others.flatMap((other) => guessesOf(other, share))]
}

function guessesOf({ onsetGuesses, onsetAtMs }: Spike, share: number): Spike['onsetGuesses'] {
  const guesses = onsetGuesses.length > 0 ? onsetGuesses : [{ atMs: onsetAtMs, weight: 1 }]
  return guesses.map(({ atMs, weight }) => ({ atMs, weight: share * weight }))
}

/** How long a fault is there, on average, before its first error shows: by how many fail a second, and how slowly it rises. */
function unseenMeanMs({ spike, endAtMs, onsetAtMs, riseMs }: IncidentCase, { change }: Candidate): number {
  const perFailureMs = (endAtMs - onsetAtMs) / Math.max(spike.excessErrors, 1)
  const firstMs = isInstant(change) ? perFailureMs : perFailureMs / FIRST_SHARE_OF_ROLLOUT
  return Math.min(firstMs + Math.sqrt(2 * FAILURES_SEEN * perFailureMs * riseMs), UNSEEN_MAX_MS)
}

/** Density of the onset of a fault that this change causes, per millisecond, by the parts of `LAG_PARTS`. */
function lagDensities(
  { change, startMs, endMs }: Candidate,
  atMs: number,
  { lookbackMs, unseenMs }: { readonly lookbackMs: number; readonly unseenMs: number },
): Readonly<Record<LagPart, number>> {
  const lagMs = atMs - startMs
  const lengthMs = endMs - startMs
  const shownMs = FAST_MEANS_MS[paceOf(change)].map(({ share, meanMs }) => ({ share, meanMs: meanMs + unseenMs }))
  return {
    fast: fast(lagMs, shownMs),
    rollout: lengthMs > 0 ? uniform(lagMs, 0, lengthMs + ROLLOUT_SLACK_MS) : fast(lagMs, shownMs),
    late: exponential(lagMs, LATE_MEAN_MS),
    slow: slow(atMs - endMs),
    broad: uniform(lagMs, 0, lookbackMs),
    early: uniform(lagMs, -CLOCK_SKEW_MS, 0),
  }
}

type Densities = readonly { readonly weight: number; readonly densities: Readonly<Record<LagPart, number>> }[]

/** Over where the errors began, if they were up at once and if they climbed, against what is unrelated to the change. */
function meanDensity(
  { course, onsetAtMs }: IncidentCase,
  candidate: Candidate,
  of: { readonly atOnce: Densities; readonly climbing: Densities },
): number {
  const parts = LAG_PARTS[paceOf(candidate.change)]
  const climb = Math.exp(course.climbLogOdds)
  const others = CLIMBING_SHARE_OF_OTHERS * climb + 1 - CLIMBING_SHARE_OF_OTHERS
  // What spreads with a rollout climbs with it: that is compared where its dose is.
  const spreads = isSpreading(candidate, onsetAtMs)
  return LAG_PART_NAMES.reduce((sum, part) => {
    const mean = (some: Densities) => some.reduce((all, { weight, densities }) => all + weight * densities[part], 0)
    if (spreads && part !== 'slow') return sum + parts[part] * mean(of.atOnce)
    const share = CLIMBING_SHARES[part]
    const density = share * climb * mean(of.climbing) + (1 - share) * mean(of.atOnce)
    return sum + (parts[part] * density) / others
  }, 0)
}

function paceOf(change: Change): keyof typeof LAG_PARTS {
  return isInstant(change) ? 'instant' : 'gradual'
}

function isInstant({ kind }: Change): boolean {
  return kind === 'config' || kind === 'feature_flag' || kind === 'scale'
}

function fast(lagMs: number, parts: readonly { readonly share: number; readonly meanMs: number }[]): number {
  const peak = parts.reduce((sum, { share, meanMs }) => sum + share / meanMs, 0)
  const earlyMass = peak * EARLY_DEVIATION_MS * Math.sqrt(Math.PI / 2)
  const shape =
    lagMs < 0
      ? peak * Math.exp(-0.5 * (lagMs / EARLY_DEVIATION_MS) ** 2)
      : parts.reduce((sum, { share, meanMs }) => sum + share * exponential(lagMs, meanMs), 0)
  return shape / (1 + earlyMass)
}

function slow(sinceEndMs: number): number {
  const outsideMs = Math.max(SLOW_FROM_MS - sinceEndMs, sinceEndMs - SLOW_TO_MS, 0)
  const mass = SLOW_TO_MS - SLOW_FROM_MS + SLOW_SHOULDER_MS * Math.sqrt(2 * Math.PI)
  return Math.exp(-0.5 * (outsideMs / SLOW_SHOULDER_MS) ** 2) / mass
}

function exponential(x: number, mean: number): number {
  return x < 0 ? 0 : Math.exp(-x / mean) / mean
}

function uniform(x: number, from: number, to: number): number {
  return x >= from && x < to ? 1 / (to - from) : 0
}

function sayLag({ change, startMs, endMs, rollout }: Candidate, onsetAtMs: number, first: string): string {
  const lagMs = onsetAtMs - startMs
  if (Math.abs(lagMs) < CELL_MS) return `${first} as ${whatBegan(rollout?.version)}`
  if (lagMs < 0) return `recorded ${sayDuration(lagMs)} after the ${first}, about as far as clocks differ`
  if (onsetAtMs < endMs && rollout?.firstTrafficMs === undefined) return `${first} ${sayDuration(lagMs)} into it`
  if (rollout?.firstTrafficMs !== undefined) return `${first} ${sayDuration(lagMs)} after ${whatBegan(rollout.version)}`
  const ended = change.finishedAtMs !== undefined && endMs > startMs
  return ended
    ? `${first} ${sayDuration(onsetAtMs - endMs)} after it finished`
    : `${first} ${sayDuration(lagMs)} after it`
}

function whatBegan(version: string | undefined): string {
  return version === undefined ? 'it took effect' : `${sayName(version)} took traffic`
}
