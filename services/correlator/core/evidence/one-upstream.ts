import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { comparePassedOn, type PassedOn } from '../passed-on.ts'
import { receiverOf } from '../topology.ts'
import { total } from '../total.ts'
import { sayName, sayPercent, sayPlural } from '../wording.ts'

const MOST = 0.8
/** What gets more of the requests than this would have most of the errors anyhow. */
const TELLING_SHARE_MAX = 0.7
/** Receivers with a smaller share of the requests tell little. */
const SHARE_MIN = 0.1
const ALIKE = 0.15
/** A new release that asks one of them wrongly, or no more, looks the same: seldom, but it happens. */
const ONE_LOG_ODDS = 2
const ALL_LOG_ODDS = -1.5

/**
 * By the log's own upstreams: do the added errors lie on what was passed on to one of several receivers (another service,
 * a third party), or on all of them as the requests do? Instances of the service itself are no receivers.
 */
export function weighOneUpstream({ data, onsetAtMs }: IncidentCase): Finding | undefined {
  const before = data.served.filter(({ startMs }) => startMs < onsetAtMs)
  const known = new Set(before.flatMap(({ upstream }) => receiverOf(upstream) ?? []))
  const compared = [...known].toSorted().flatMap((receiver) => {
    const found = comparePassedOn(data.served, onsetAtMs, (upstream) => receiverOf(upstream) === receiver)
    return found === undefined ? [] : [{ receiver, ...found }]
  })
  const [top] = compared.toSorted((a, b) => b.shareOfExcess - a.shareOfExcess)
  if (top === undefined) return undefined
  if (top.shareOfExcess >= MOST && top.shareOfRequests <= TELLING_SHARE_MAX) return sayOne(top.receiver, top)
  return failsAlike(compared) ? sayAll(compared) : undefined
}

function failsAlike(compared: readonly PassedOn[]): boolean {
  const large = compared.filter(({ shareOfRequests }) => shareOfRequests >= SHARE_MIN)
  const isAlike = large.every((one) => Math.abs(one.shareOfExcess - one.shareOfRequests) <= ALIKE)
  return large.length >= 2 && isAlike
}

function sayOne(receiver: string, { shareOfExcess, shareOfRequests }: PassedOn): Finding {
  const text = `${sayPercent(shareOfExcess)} of the added errors are of requests passed on to ${sayName(receiver)}, which gets ${sayPercent(shareOfRequests)} of them`
  const data = { upstream: receiver, share_of_excess: shareOfExcess, share_of_requests: shareOfRequests }
  return { evidence: toEvidence('blast_radius', ONE_LOG_ODDS, { text, data }) }
}

function sayAll(compared: readonly PassedOn[]): Finding {
  const text = `requests passed on to ${sayPlural(compared.length, 'upstream')} fail alike, whichever it is`
  const data = { upstreams: compared.length, share_of_requests: total(compared, 'shareOfRequests') }
  return { evidence: toEvidence('blast_radius', ALL_LOG_ODDS, { text, data }) }
}
