import type { Spike } from '../../../shared/domain/spike.ts'
import type { StatusShares } from './evidence-data.ts'
import { groupBy } from './group-by.ts'
import { onsetSpan } from './onset.ts'
import { isMostlyGateway } from './status-shares.ts'
import { OPEN_TOGETHER_MS } from './ties.ts'
import { reaches, type Topology } from './topology.ts'

/** A callee's onset may be seen this much later than its caller's and still come first: clocks, thin traffic. */
const ONSET_SLACK_MS = 60_000

/** Where an incident began, and the spike that tells when. */
export interface Root {
  readonly service: string
  readonly spike: Spike
}

/** One failing service of an incident. */
interface FailingService {
  readonly service: string
  readonly spike: Spike
  readonly looksLikeVictim: boolean
}

/**
 * The deepest failing callee whose onset is no later than its callers', within uncertainty. Where no call is known, what
 * fails by itself comes before what fails as a proxy does, then the earlier, then what shows the most evidence.
 */
export function findRoot(
  spikes: readonly Spike[],
  topology: Topology,
  statuses: ReadonlyMap<string, StatusShares>,
): Root | undefined {
  // Errors tell where an incident began; what is silent tells only that it is.
  const erring = spikes.filter(({ signal }) => signal === 'error_rate')
  const told = erring.length > 0 ? erring : spikes
  const failing = [...groupBy(told, ({ service }) => service)].flatMap(([service, ofService]) => {
    const spike = sharpest(ofService)
    return spike === undefined ? [] : [{ service, spike, looksLikeVictim: isMostlyGateway(statuses.get(spike.id)) }]
  })
  const [root] = failing
    .filter((service) => !failing.some((other) => isCausedBy(service, other, topology)))
    .toSorted((a, b) => {
      return (
        callerCount(b, failing, topology) - callerCount(a, failing, topology) || rank(a) - rank(b) || compareOnset(a, b)
      )
    })
  return root
}

/**
 * Of one service's spikes the one with the most evidence, whose onset is known best; what opened well after the first
 * alarm is a later wave and does not tell when it began.
 */
function sharpest(spikes: readonly Spike[]): Spike | undefined {
  const firstAlarmMs = Math.min(...spikes.map((spike) => spike.detectedAtMs))
  const [spike] = spikes
    .filter((candidate) => candidate.onsetAtMs <= firstAlarmMs + OPEN_TOGETHER_MS)
    .toSorted((a, b) => b.evidence - a.evidence || (a.id < b.id ? -1 : 1))
  return spike
}

function isCausedBy(caller: FailingService, callee: FailingService, topology: Topology): boolean {
  if (caller === callee || !reaches(topology, caller.service, callee.service)) return false
  // Services that call each other have no deepest one; the rest of the ranking decides.
  if (reaches(topology, callee.service, caller.service)) return false
  return onsetSpan(callee.spike).earliestMs <= onsetSpan(caller.spike).latestMs + ONSET_SLACK_MS
}

function callerCount(callee: FailingService, failing: readonly FailingService[], topology: Topology): number {
  return failing.filter((caller) => isCausedBy(caller, callee, topology)).length
}

function rank({ looksLikeVictim }: FailingService): number {
  return looksLikeVictim ? 1 : 0
}

function compareOnset(a: FailingService, b: FailingService): number {
  const [first, second] = [onsetSpan(a.spike), onsetSpan(b.spike)]
  const apart = first.latestMs < second.earliestMs || second.latestMs < first.earliestMs
  if (apart) return first.latestMs - second.latestMs
  return b.spike.evidence - a.spike.evidence || (a.service < b.service ? -1 : 1)
}
