import type { Change } from '../../../shared/domain/change.ts'
import { type EnvAliases, normalizeEnv } from '../../../shared/domain/env-aliases.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import type { StatusShares } from './evidence-data.ts'
import { onsetSpan, spikeEndMs } from './onset.ts'
import { isMostlyGateway, isMostlyOwn } from './status-shares.ts'
import { reaches, type Topology } from './topology.ts'

/** Spikes that are tied and open within this time are one incident. */
export const OPEN_TOGETHER_MS = 5 * 60_000
/** A series that fails again this soon after its recovery has not recovered. */
export const RELAPSE_MS = 10 * 60_000
/** Without a known call between them, services must fail this close together. */
const SAME_MOMENT_MS = 90_000
/** A change of the whole platform explains what opens from its start until this long after its end. */
const PLATFORM_REACH_MS = 150_000

export interface TieFacts {
  readonly topology: Topology
  /** By spike id, where known. */
  readonly statuses: ReadonlyMap<string, StatusShares>
  /** Changes of the whole platform. */
  readonly platformChanges: readonly Change[]
  readonly envAliases: EnvAliases
}

/** Whether two spikes of one environment belong to one incident. `first` opened no later than `second`. */
export function areTied(first: Spike, second: Spike, facts: TieFacts): boolean {
  if (first.service === second.service) return areTiedWithinService(first, second)
  return (
    areSilentTogether(first, second) ||
    isCallerAndCallee(first, second, facts) ||
    looksLikeCascade(first, second, facts.statuses) ||
    shareAPlatformChange(first, second, facts)
  )
}

function areTiedWithinService(first: Spike, second: Spike): boolean {
  const apartMs = second.onsetAtMs - first.onsetAtMs
  if (apartMs <= OPEN_TOGETHER_MS) return true
  // What is slow for hours may begin to fail for a reason of its own.
  if ((first.signal === 'latency') !== (second.signal === 'latency')) return false
  // Where nobody sends any more nothing can be seen, whatever was failing: that is told by itself.
  if (second.traffic?.othersSending === 0 && first.signal !== second.signal) return false
  const sameSeries = first.route === second.route && first.method === second.method
  const nested = first.route === null || second.route === null
  // What stays up for hours is told once; something new that opens meanwhile is another incident.
  if (first.chronic && !sameSeries) return false
  const slackMs = sameSeries || nested ? RELAPSE_MS : 0
  return second.onsetAtMs <= spikeEndMs(first) + slackMs
}

/** Services that fall silent at the same moment stop sending for one reason, if only that nobody reads their logs any more. */
function areSilentTogether(first: Spike, second: Spike): boolean {
  const areSilent = first.signal === 'traffic_drop' && second.signal === 'traffic_drop'
  return areSilent && gapMs(first, second) <= SAME_MOMENT_MS
}

function isCallerAndCallee(first: Spike, second: Spike, { topology, statuses }: TieFacts): boolean {
  const laterCalls = reaches(topology, second.service, first.service)
  if (!laterCalls && !reaches(topology, first.service, second.service)) return false
  if (openTogether(first, second)) return true
  // Little traffic or a slow rise makes a caller's errors visible late: still the same outage while it lasts.
  return laterCalls && second.onsetAtMs < spikeEndMs(first) && isMostlyGateway(statuses.get(second.id))
}

/** One fails as something behind it would make it fail, and something else fails at the same time. */
function looksLikeCascade(first: Spike, second: Spike, statuses: TieFacts['statuses']): boolean {
  const shares = [statuses.get(first.id), statuses.get(second.id)]
  if (!shares.some(isMostlyGateway)) return false
  if (gapMs(first, second) <= SAME_MOMENT_MS) return true
  return shares.some(isMostlyOwn) && openTogether(first, second)
}

function shareAPlatformChange(first: Spike, second: Spike, { platformChanges, envAliases }: TieFacts): boolean {
  if (!openTogether(first, second)) return false
  // A log need not call its environment what changes call it.
  const env = normalizeEnv(first.env, envAliases)
  return platformChanges.some((change) => {
    const fromMs = change.startedAtMs - SAME_MOMENT_MS
    const toMs = (change.finishedAtMs ?? change.startedAtMs) + PLATFORM_REACH_MS
    const inTime = first.onsetAtMs >= fromMs && second.onsetAtMs <= toMs
    return inTime && normalizeEnv(change.env, envAliases) === env
  })
}

function openTogether(first: Spike, second: Spike): boolean {
  return gapMs(first, second) <= OPEN_TOGETHER_MS
}

/** How far apart the onsets must be at least, given how well each is known; 0 when their spans overlap. */
function gapMs(first: Spike, second: Spike): number {
  const [a, b] = [onsetSpan(first), onsetSpan(second)]
  return Math.max(b.earliestMs - a.latestMs, a.earliestMs - b.latestMs, 0)
}
