import type { Candidate } from '../candidates.ts'
import type { Elsewhere } from '../elsewhere.ts'
import { total } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { isMostlyGateway } from '../status-shares.ts'
import { reaches, serviceNamedBy } from '../topology.ts'
import { sayName, sayPercent, sayPlural } from '../wording.ts'
import { addedShares } from './status-mix.ts'

const MINUTE_MS = 60_000
const PLATFORM_SERVICES_MIN = 3

/** Is more or less failing than this change would explain? */
export function weighBlastRadius(
  incident: IncidentCase,
  candidate: Candidate,
  elsewhere: Elsewhere,
): Finding | undefined {
  if (candidate.relation === 'platform') return weighPlatform(incident, elsewhere)
  if (candidate.relation === 'affected') return weighVictim(incident, candidate)
  if (candidate.relation === 'callee') return weighCallee(incident, candidate, elsewhere)
  const strangers = unexplained(incident, elsewhere)
  if (strangers.length < 2) return undefined
  const text = `${sayPlural(strangers.length, 'service')} that do not call ${sayName(incident.root)} fail at the same time`
  return { evidence: toEvidence('blast_radius', -1.5, { text, data: { services: strangers } }) }
}

/** Several services at once, none behind the other: what they share is failing. */
export function weighSharedUpstream(incident: IncidentCase, elsewhere: Elsewhere): Finding | undefined {
  const strangers = unexplained(incident, elsewhere)
  if (strangers.length === 0) return undefined
  const text = `${sayPlural(strangers.length, 'other service')} began to fail at the same time`
  return {
    evidence: toEvidence('blast_radius', Math.min(0.7 * strangers.length, 1.5), {
      text,
      data: { services: strangers },
    }),
  }
}

function weighPlatform(incident: IncidentCase, elsewhere: Elsewhere): Finding | undefined {
  const failing = 1 + unexplained(incident, elsewhere).length
  if (elsewhere.serviceCount < PLATFORM_SERVICES_MIN) return undefined
  const wide = failing >= PLATFORM_SERVICES_MIN || failing * 2 >= elsewhere.serviceCount
  const text = `it touches every service, and ${failing} of ${elsewhere.serviceCount} began to fail`
  const logOdds = wide ? 2 : -2
  return {
    evidence: toEvidence('blast_radius', logOdds, { text, data: { failing, services: elsewhere.serviceCount } }),
    ...(failing === 1 && { clears: 'rate_unmoved' as const }),
  }
}

function weighVictim(incident: IncidentCase, candidate: Candidate): Finding {
  const [service, root] = [sayName(candidate.service ?? ''), sayName(incident.root)]
  const known = reaches(incident.topology, candidate.service ?? '', incident.root)
  const text = known
    ? `${service} fails because ${root}, which it calls, does`
    : `${service} fails as what depends on ${root} would`
  return {
    evidence: toEvidence('blast_radius', known ? -4 : -2.5, { text, data: { root: incident.root } }),
    clears: 'victim_of_dependency',
  }
}

/** What the root calls shows errors of its own, or those of the root are of requests passed on to it; or neither. */
function weighCallee(incident: IncidentCase, { service = '' }: Candidate, { failing }: Elsewhere): Finding | undefined {
  const passedOn = weighPassedOn(incident, service)
  if (passedOn !== undefined) return passedOn
  if (incident.services.includes(service)) return undefined
  const name = sayName(service)
  const say = (logOdds: number, text: string): Finding['evidence'] =>
    toEvidence('blast_radius', logOdds, { text, data: { service } })
  if (failing.includes(service))
    return { evidence: say(1.5, `${name}, which it changed, began to fail at the same time`) }
  const logged = incident.data.serviceMinutes.some((minute) => minute.service === service && minute.requests > 0)
  if (!logged) return undefined
  const text = `${name}, which it changed, fails no more than before`
  // What can't be reached logs no errors: its callers' 502 and 504 are all there is to see.
  if (isMostlyGateway(addedShares(incident))) return { evidence: say(-1, text) }
  return { evidence: say(-3, text), clears: 'rate_unmoved' }
}

const PASSED_ON_ERRORS_MIN = 10

/** By the log's own upstreams: do the root's added errors lie on what it passed on to this service? */
function weighPassedOn({ data, root, topology, onsetAtMs }: IncidentCase, service: string): Finding | undefined {
  const calls = topology.get(root) ?? new Set()
  const sharesIn = (minutes: typeof data.served) => {
    const toIt = minutes.filter(({ upstream }) => serviceNamedBy(upstream, calls) === service)
    return {
      ...{ requests: total(minutes, 'requests'), errors: total(minutes, 'errors') },
      ...{ requestsToIt: total(toIt, 'requests'), errorsToIt: total(toIt, 'errors') },
    }
  }
  const named = data.served.filter(({ upstream }) => serviceNamedBy(upstream, calls) !== undefined)
  const before = sharesIn(named.filter(({ startMs }) => startMs + MINUTE_MS <= onsetAtMs))
  const after = sharesIn(named.filter(({ startMs }) => startMs >= onsetAtMs))
  const scale = after.requests / Math.max(before.requests, 1)
  const added = after.errors - scale * before.errors
  if (added < PASSED_ON_ERRORS_MIN || after.requestsToIt === after.requests) return undefined
  const share = Math.min(Math.max((after.errorsToIt - scale * before.errorsToIt) / added, 0), 1)
  const traffic = after.requestsToIt / after.requests
  const text = `${sayPercent(share)} of the added errors are of requests passed on to ${sayName(service)}, which gets ${sayPercent(traffic)} of them`
  const facts = { service, share_of_excess: share, share_of_requests: traffic }
  const isIt = share >= 0.8
  if (!isIt && share > Math.max(traffic, 0.2)) return undefined
  return {
    evidence: toEvidence('blast_radius', isIt ? 3 : -3, { text, data: facts }),
    ...(!isIt && { clears: 'outside_its_scope' as const }),
  }
}

/** Failing services that neither call the root nor belong to its incident for another known reason. */
function unexplained(incident: IncidentCase, { failing }: Elsewhere): readonly string[] {
  return [...incident.services, ...failing].filter((service) => {
    return (
      service !== incident.root &&
      !reaches(incident.topology, service, incident.root) &&
      !incident.victims.includes(service)
    )
  })
}
