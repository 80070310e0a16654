import type { Candidate } from '../candidates.ts'
import type { Elsewhere } from '../elsewhere.ts'
import type { ServiceMinute } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { normalDensity } from '../log-math.ts'
import { comparePassedOn } from '../passed-on.ts'
import { isMostlyGateway } from '../status-shares.ts'
import { serviceNamedBy } from '../topology.ts'
import { total } from '../total.ts'
import { sayName, sayPercent } from '../wording.ts'
import { addedShares } from './status-mix.ts'

const MINUTE_MS = 60_000
const BEFORE_MS = 30 * MINUTE_MS
const AFTER_MS = 5 * MINUTE_MS
/** Of what a broken service is asked through one caller, this part fails through another at least, where it is asked as much. */
const FAILS_ELSEWHERE = 0.25
const FAILURES_SEEN = 5
/** A second caller without errors says nearly as much again as the first, a third little more. */
const CALLER_LOG_ODDS = -1.2
const CALLERS_TOLD = 2
/** Traffic varies by so much within half an hour (standard deviation of its logarithm); less can't be missed. */
const USUAL_DEVIATION = 0.12
const MISSED_MIN = 0.25
/** A service that fails unseen either can't be reached, or answers what it was asked too late. */
const UNREACHED_SHARE = 0.6

/** What the root calls shows errors of its own, or those of the root are of requests passed on to it; or neither. */
export function weighCallee(
  incident: IncidentCase,
  { service = '' }: Candidate,
  elsewhere: Elsewhere,
): Finding | undefined {
  const passedOn = weighPassedOn(incident, service)
  if (passedOn !== undefined) return passedOn
  if (incident.services.includes(service)) return undefined
  const name = sayName(service)
  const say = (logOdds: number, text: string, data = {}): Finding['evidence'] =>
    toEvidence('blast_radius', logOdds, { text, data: { service, ...data } })
  if (elsewhere.failing.includes(service))
    return { evidence: say(1.5, `${name}, which it changed, began to fail at the same time`) }
  const minutes = incident.data.serviceMinutes.filter((minute) => minute.service === service)
  if (total(minutes, 'requests') === 0) return undefined
  const text = `${name}, which it changed, fails no more than before`
  if (!isMostlyGateway(addedShares(incident))) return { evidence: say(-3, text), clears: 'rate_unmoved' }
  // What can't be reached logs no errors: its callers' 502 and 504 are all there is to see. But every caller has them.
  const well = callersDoingWell(incident, service, elsewhere)
  const traffic = weighTraffic(incident, minutes)
  const logOdds = -1 + CALLER_LOG_ODDS * Math.min(well.length, CALLERS_TOLD) + (traffic?.logOdds ?? 0)
  const said = [
    text,
    ...(well[0] === undefined ? [] : [`nor does ${sayName(well[0])}, which calls it too`]),
    ...(traffic === undefined ? [] : [traffic.text]),
  ].join(', ')
  return {
    evidence: say(logOdds, said, { callers_doing_well: well, ...traffic?.data }),
    ...(logOdds <= -3 && { clears: 'rate_unmoved' as const }),
  }
}

/** By the log's own upstreams: do the root's added errors lie on what it passed on to this service? */
function weighPassedOn({ data, root, topology, onsetAtMs }: IncidentCase, service: string): Finding | undefined {
  const calls = topology.get(root) ?? new Set()
  const named = data.served.filter(({ upstream }) => serviceNamedBy(upstream, calls) !== undefined)
  const found = comparePassedOn(named, onsetAtMs, (upstream) => serviceNamedBy(upstream, calls) === service)
  if (found === undefined) return undefined
  const { shareOfExcess, shareOfRequests } = found
  const text = `${sayPercent(shareOfExcess)} of the added errors are of requests passed on to ${sayName(service)}, which gets ${sayPercent(shareOfRequests)} of them`
  const facts = { service, share_of_excess: shareOfExcess, share_of_requests: shareOfRequests }
  const isIt = shareOfExcess >= 0.8
  if (!isIt && shareOfExcess > Math.max(shareOfRequests, 0.2)) return undefined
  return {
    evidence: toEvidence('blast_radius', isIt ? 3 : -3, { text, data: facts }),
    ...(!isIt && { clears: 'outside_its_scope' as const }),
  }
}

/** Others that call it, and would fail by now if it did, but do not. */
function callersDoingWell(incident: IncidentCase, service: string, { failing }: Elsewhere): readonly string[] {
  const { topology, root, spike, data, onsetAtMs } = incident
  const callers = [...topology].flatMap(([caller, calls]) => (caller !== root && calls.has(service) ? [caller] : []))
  const added = spike.observedRate - spike.baselineRate
  return callers.toSorted().filter((caller) => {
    if (incident.services.includes(caller) || failing.includes(caller)) return false
    const asked = data.serviceMinutes.filter(
      (minute) => minute.service === caller && minute.startMs >= onsetAtMs && minute.startMs < onsetAtMs + AFTER_MS,
    )
    return total(asked, 'requests') * added * FAILS_ELSEWHERE >= FAILURES_SEEN
  })
}

/** Does it miss the requests that fail at its caller? Only where these are a good part of its own can that be told. */
function weighTraffic(
  { spike, onsetAtMs, endAtMs }: IncidentCase,
  minutes: readonly ServiceMinute[],
): { readonly logOdds: number; readonly text: string; readonly data: Readonly<Record<string, number>> } | undefined {
  const before = minutes.filter(({ startMs }) => startMs >= onsetAtMs - BEFORE_MS && startMs < onsetAtMs - MINUTE_MS)
  const toMs = Math.min(onsetAtMs + AFTER_MS, endAtMs)
  const after = minutes.filter(({ startMs }) => startMs >= onsetAtMs && startMs + MINUTE_MS <= toMs)
  if (before.length < 5 || after.length < 2) return undefined
  const usual = total(before, 'requests') / before.length
  const failingPerMinute = spike.excessErrors / ((endAtMs - onsetAtMs) / MINUTE_MS)
  const missed = Math.min(failingPerMinute / Math.max(usual, 1), 0.95)
  if (missed < MISSED_MIN) return undefined
  const ratio = total(after, 'requests') / after.length / usual
  const deviation = Math.hypot(USUAL_DEVIATION, Math.sqrt(1 / (usual * after.length)))
  const asUsual = normalDensity(Math.log(ratio), 0, deviation)
  const fallen = normalDensity(Math.log(ratio), Math.log(1 - missed), deviation)
  const density = UNREACHED_SHARE * fallen + (1 - UNREACHED_SHARE) * asUsual
  return {
    logOdds: Math.log(density / Math.max(asUsual, Number.MIN_VALUE)),
    text: ratio < 1 - missed / 2 ? `but gets ${sayPercent(1 - ratio)} fewer requests` : 'and gets as many requests',
    data: { traffic_ratio: ratio, missed_share: missed },
  }
}
