import type { AffectedSeries, Latency } from '../../../shared/domain/incident.ts'
import type { Slowness, Spike } from '../../../shared/domain/spike.ts'
import type { IncidentCase } from './incident-case.ts'
import { sayLength, sayName, sayPercent } from './wording.ts'

const AFFECTED_MAX = 20

type Slowdown = Spike & { readonly slowness: Slowness }

/** How slow the incident's requests are: the root's, else those of the service that has most slow ones; undefined: none are. */
export function findLatency(incident: IncidentCase): Latency | undefined {
  const slowdowns = slowdownsOf(incident)
  const slow = slowdowns.find(({ service }) => service === incident.root) ?? slowdowns[0]
  if (slow === undefined) return undefined
  const { service, requests, errors: slowRequests, observedRate: share, baselineRate: normalShare, slowness } = slow
  return { service, requests, slowRequests, share, normalShare, ...slowness, text: saySlow(slow) }
}

/** The slow services, those with most slow requests first; their slow requests stand where errors would. */
export function findSlow(incident: IncidentCase): AffectedSeries[] {
  const slowdowns = slowdownsOf(incident)
  const whole = slowdowns.reduce((sum, { excessErrors }) => sum + excessErrors, 0)
  return slowdowns.slice(0, AFFECTED_MAX).map(({ service, requests, errors, excessErrors }) => ({
    ...{ service, method: null, route: null, version: null, region: null, requests, errors },
    shareOfExcess: whole > 0 ? excessErrors / whole : 0,
  }))
}

function slowdownsOf({ group }: IncidentCase): Slowdown[] {
  return group.spikes
    .flatMap((spike) => (spike.slowness === null ? [] : [{ ...spike, slowness: spike.slowness }]))
    .toSorted((a, b) => b.excessErrors - a.excessErrors || (a.id < b.id ? -1 : 1))
}

function saySlow({ service, observedRate, baselineRate, slowness }: Slowdown): string {
  const { slowerThanMs, normalP95Ms, p95Ms } = slowness
  const shares = `${sayPercent(observedRate)} of the requests to ${sayName(service)} take longer than ${sayLength(slowerThanMs)}, normally ${sayPercent(baselineRate)}`
  return `${shares}; 95 % are answered within ${sayLength(p95Ms)}, normally ${sayLength(normalP95Ms)}`
}
