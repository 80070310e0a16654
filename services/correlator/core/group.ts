import type { Spike } from '../../../shared/domain/spike.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import { groupBy } from './group-by.ts'
import { spikeEndMs } from './onset.ts'
import { areTied, OPEN_TOGETHER_MS, RELAPSE_MS, type TieFacts } from './ties.ts'

/** So many services failing within `SAME_MINUTE_MS` have one cause, known or not. */
const PLATFORM_SERVICES_MIN = 3
const SAME_MINUTE_MS = 60_000

/** Spikes that are one incident, in order of detection. */
export interface SpikeGroup {
  /** Of the spike that was seen first: what is learned later does not change it. */
  readonly id: string
  readonly env: string
  readonly spikes: readonly Spike[]
}

/** Groups of tied spikes, in order of their earliest onset. The order of the input does not matter. */
export function groupSpikes(spikes: readonly Spike[], facts: TieFacts): readonly SpikeGroup[] {
  return [...groupBy(spikes, (spike) => spike.env)]
    .flatMap(([env, ofEnv]) => groupEnv(env, ofEnv, facts))
    .toSorted((a, b) => firstOnset(a) - firstOnset(b) || compareText(a.id, b.id))
}

function groupEnv(env: string, unsorted: readonly Spike[], facts: TieFacts): SpikeGroup[] {
  const spikes = unsorted.toSorted((a, b) => a.onsetAtMs - b.onsetAtMs || compareText(a.id, b.id))
  const leaderOf = new Map(spikes.map((spike) => [spike, spike]))
  const find = (spike: Spike): Spike => {
    let leader = leaderOf.get(spike) ?? spike
    while (leaderOf.get(leader) !== leader) leader = leaderOf.get(leader) ?? leader
    leaderOf.set(spike, leader)
    return leader
  }
  const unite = (one: Spike, other: Spike): void => {
    leaderOf.set(find(other), find(one))
  }
  spikes.forEach((second, index) => {
    for (const first of spikes.slice(0, index)) {
      const tooOld = second.onsetAtMs > spikeEndMs(first) + RELAPSE_MS + OPEN_TOGETHER_MS
      if (!tooOld && find(first) !== find(second) && areTied(first, second, facts)) unite(first, second)
    }
  })
  for (const platform of findPlatformWide(spikes))
    for (const spike of platform.slice(1)) unite(platform[0] ?? spike, spike)
  return [...groupBy(spikes, find).values()].map((members) => toGroup(env, members))
}

/** Runs of spikes that open within a minute on many services. */
function findPlatformWide(spikes: readonly Spike[]): Spike[][] {
  return spikes
    .map((first, index) => spikes.slice(index).filter((spike) => spike.onsetAtMs - first.onsetAtMs <= SAME_MINUTE_MS))
    .filter((run) => new Set(run.map(({ service }) => service)).size >= PLATFORM_SERVICES_MIN)
}

export function toGroup(env: string, members: readonly Spike[]): SpikeGroup {
  const spikes = members.toSorted((a, b) => a.detectedAtMs - b.detectedAtMs || compareText(a.id, b.id))
  const [first] = spikes
  if (first === undefined) throw new Error('a group has spikes')
  return { id: incidentIdOf(env, first), env, spikes }
}

/** The id of the incident that this spike opens. */
export function incidentIdOf(env: string, spike: Spike): string {
  return `inc_${stableHash(JSON.stringify([env, spike.id]))}`
}

function firstOnset({ spikes }: SpikeGroup): number {
  return Math.min(...spikes.map((spike) => spike.onsetAtMs))
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
