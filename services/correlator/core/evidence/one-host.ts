import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { serviceNamedBy } from '../topology.ts'
import { sayName, sayPercent } from '../wording.ts'
import { weighParts } from './one-client.ts'

/** The first instance of a rollout looks the same; only the candidates' own evidence tells the two apart. */
const DISCOUNT = 1.5

/** Does one instance that served before have most of the added errors? Then it is the machine: a cause nobody declares. A service that it calls is none. */
export function weighOneHost({ data, topology, root }: IncidentCase): Finding | undefined {
  const calls = topology.get(root) ?? new Set()
  const hosts = data.parts.filter(
    ({ dimension, value }) => dimension === 'host' && serviceNamedBy(value, calls) === undefined,
  )
  const found = weighParts(hosts)
  if (found === undefined || found.top.requestsBefore === 0) return undefined
  const logOdds = found.logBayesFactor - DISCOUNT
  if (logOdds <= 0) return undefined
  const { top, shareOfErrors, shareOfRequests } = found
  const text = `instance ${sayName(top.value)} has ${sayPercent(shareOfErrors)} of the added errors with ${sayPercent(shareOfRequests)} of the requests`
  const facts = { host: top.value, share_of_excess: shareOfErrors, share_of_requests: shareOfRequests }
  return { evidence: toEvidence('host_split', logOdds, { text, data: facts }) }
}
