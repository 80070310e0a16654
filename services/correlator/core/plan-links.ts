import type { Spike } from '../../../shared/domain/spike.ts'
import { areOfClients } from '../../../shared/domain/status-range.ts'
import type { LinksRequest } from './evidence-data.ts'
import { onsetSpan, spikeEndMs } from './onset.ts'
import { OPEN_TOGETHER_MS } from './ties.ts'

/** The first minutes tell how something fails. */
const STATUS_SPAN_MS = 10 * 60_000
const SPIKES_MAX = 2_000

/** Which spikes' statuses to read: those of another service's spikes that open about then, or while they last. */
export function planLinks(spikes: readonly Spike[]): LinksRequest {
  const failing = spikes.filter(({ errorStatuses }) => !areOfClients(errorStatuses))
  const contested = failing.filter((spike) =>
    failing.some((other) => other.service !== spike.service && meet(spike, other)),
  )
  return {
    services: [...new Set(spikes.map(({ service }) => service))].toSorted(),
    spikes: contested.slice(0, SPIKES_MAX).map(({ id, env, service, ...spike }) => {
      const toMs = Math.min(spike.resolvedAtMs ?? spike.updatedAtMs, spike.onsetAtMs + STATUS_SPAN_MS)
      return { id, env, service, range: { fromMs: spike.onsetAtMs, toMs: Math.max(toMs, spike.detectedAtMs) } }
    }),
  }
}

function meet(one: Spike, other: Spike): boolean {
  if (one.env !== other.env) return false
  const [first, second] = one.onsetAtMs <= other.onsetAtMs ? [one, other] : [other, one]
  return onsetSpan(second).earliestMs <= Math.max(spikeEndMs(first), onsetSpan(first).latestMs + OPEN_TOGETHER_MS)
}
