import type { Candidate } from '../candidates.ts'
import type { Elsewhere } from '../elsewhere.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { reaches } from '../topology.ts'
import { sayName, sayPlural } from '../wording.ts'
import { weighCallee } from './callee.ts'

const PLATFORM_SERVICES_MIN = 3
/** Services often call the same few others: that they share one is worth something, not all. */
const NAMED_LOG_ODDS = 1

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

/** Several services at once, none behind the other: what they share is failing, the more so where their logs name it. */
export function weighSharedUpstream(incident: IncidentCase, elsewhere: Elsewhere): Finding | undefined {
  const strangers = unexplained(incident, elsewhere)
  if (strangers.length === 0) return undefined
  const own = incident.receivers.get(incident.root) ?? new Set()
  const shared = [...own].filter((name) => {
    return strangers.every((service) => incident.receivers.get(service)?.has(name) === true)
  })
  const [behind] = shared
  const text = `${sayPlural(strangers.length, 'other service')} began to fail at the same time`
  const said = behind === undefined ? text : `${text}, and ${sayName(behind)} is behind all of them`
  const logOdds = Math.min(0.7 * strangers.length, 1.5) + (behind === undefined ? 0 : NAMED_LOG_ODDS)
  return { evidence: toEvidence('blast_radius', logOdds, { text: said, data: { services: strangers, shared } }) }
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
