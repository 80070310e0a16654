import type { AffectedSeries, TrafficLoss } from '../../../shared/domain/incident.ts'
import type { MissingTraffic, Spike } from '../../../shared/domain/spike.ts'
import type { IncidentCase } from './incident-case.ts'
import { sayCount, sayName, sayPercent, sayPlural, sayTime } from './wording.ts'

const AFFECTED_MAX = 20

type Drop = Spike & { readonly traffic: MissingTraffic }

/** What is missing of the incident's traffic: the root's, else the most that is missing of any service; undefined: nothing. */
export function findTrafficLoss(incident: IncidentCase): TrafficLoss | undefined {
  const drops = dropsOf(incident)
  const drop = drops.find(({ service }) => service === incident.root) ?? drops[0]
  if (drop === undefined) return undefined
  const { service, requests, traffic } = drop
  const { expectedRequests, silentSinceMs, othersKnown, othersSending } = traffic
  return {
    ...{ service, requests, silentSinceMs, othersKnown, othersSending },
    expectedRequests: Math.round(expectedRequests),
    text: silentSinceMs === null ? saySmaller(drop) : saySilence(drop, { silentSinceMs, others: drops.length - 1 }),
  }
}

/** The services that are silent, or nearly, those that miss most first. */
export function findSilent(incident: IncidentCase): AffectedSeries[] {
  const drops = dropsOf(incident)
  const whole = drops.reduce((sum, drop) => sum + missingOf(drop), 0)
  return drops.slice(0, AFFECTED_MAX).map((drop) => ({
    ...{ service: drop.service, method: null, route: null, version: null, region: null },
    requests: drop.requests,
    errors: drop.errors,
    shareOfExcess: whole > 0 ? missingOf(drop) / whole : 0,
  }))
}

function dropsOf({ group }: IncidentCase): Drop[] {
  return group.spikes
    .flatMap((spike) => (spike.traffic === null ? [] : [{ ...spike, traffic: spike.traffic }]))
    .toSorted((a, b) => missingOf(b) - missingOf(a) || (a.id < b.id ? -1 : 1))
}

function missingOf({ requests, traffic }: Drop): number {
  return Math.max(traffic.expectedRequests - requests, 0)
}

function saySmaller({ service, requests, traffic }: Drop): string {
  const share = sayPercent(requests / Math.max(traffic.expectedRequests, 1))
  const counts = `${sayCount(requests)} of ${sayCount(traffic.expectedRequests)}`
  return `${sayName(service)} gets ${share} of the requests that are to be expected at this time: ${counts}`
}

function saySilence(
  { service, env, resolvedAtMs, traffic }: Drop,
  { silentSinceMs, others }: { readonly silentSinceMs: number; readonly others: number },
): string {
  const which = others > 0 ? `${sayName(service)} and ${sayPlural(others, 'other service')}` : sayName(service)
  const when =
    resolvedAtMs === null
      ? `since ${sayTime(silentSinceMs)}`
      : `from ${sayTime(silentSinceMs)} to ${sayTime(resolvedAtMs)}`
  const whose = others > 0 ? 'their' : 'its'
  return `no data from ${which} ${when}: nothing can be said about ${whose} errors; ${sayOthers(env, traffic)}`
}

function sayOthers(env: string, { othersKnown, othersSending }: MissingTraffic): string {
  if (othersKnown === 0)
    return `nothing else of ${sayName(env)} is known, so the service may have died, or what sends its log`
  if (othersSending === 0) return `nothing else of ${sayName(env)} sends either: what sends the logs may have died`
  const sending = othersSending === 1 ? '1 other service' : sayPlural(othersSending, 'other service')
  return `${sending} of ${sayName(env)} still ${othersSending === 1 ? 'sends' : 'send'}`
}
