import { logSumExp } from '../../../../shared/domain/log-sum-exp.ts'
import type { PartDimension, PartTotal } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import type { IncidentCase } from '../incident-case.ts'
import { logBetaSequence } from '../log-math.ts'
import { total } from '../total.ts'
import { sayName, sayPercent } from '../wording.ts'

const ERRORS_MIN = 5
/** Whoever sends requests chooses how long a user agent is. */
const VALUE_LENGTH_MAX = 200
/** Errors of one client come together; more of them say little more. */
const ERRORS_MAX = 200
/** A bad client has most of the added errors: Beta(12, 1). */
const CONCENTRATED = { a: 12, b: 1 }
/** Otherwise errors follow requests, as loosely as this many draws would… */
const SPREAD_DRAWS = 15
/** …and the others fail like the one, as loosely as this many: what it asks for may differ from what they do. */
const ALIKE_DRAWS = 2
/** What the others fail when they are well, at least: a rate of zero would forbid a single error. */
const NORMAL_RATE_MIN = 0.001
const NORMAL_DRAWS = 100
/** A broken release often hits one kind of client first, so a user agent says less than an address. */
const DIMENSIONS: readonly { readonly dimension: PartDimension; readonly noun: string; readonly discount: number }[] = [
  { dimension: 'client', noun: 'client', discount: 0 },
  { dimension: 'user_agent', noun: 'user agent', discount: 1.5 },
]

/** Does one client, or one user agent, have most of the added errors, out of proportion to its requests? */
export function weighOneClient({ data }: IncidentCase): Finding | undefined {
  const byDimension = groupBy(data.parts, ({ dimension }) => dimension)
  const findings = DIMENSIONS.flatMap(({ dimension, noun, discount }) => {
    const found = weighParts(byDimension.get(dimension) ?? [])
    if (found === undefined) return []
    const { top, shareOfErrors, shareOfRequests, othersRate } = found
    const logOdds = found.logBayesFactor > 0 ? Math.max(found.logBayesFactor - discount, 0) : found.logBayesFactor
    const text = `${noun} ${sayName(top.value)} has ${sayPercent(shareOfErrors)} of the added errors with ${sayPercent(shareOfRequests)} of the requests; the others fail ${sayPercent(othersRate)}`
    const value = top.value.slice(0, VALUE_LENGTH_MAX)
    const facts = { dimension, value, share_of_excess: shareOfErrors, share_of_requests: shareOfRequests }
    return [{ evidence: toEvidence('one_client', logOdds, { text, data: facts }) }]
  })
  return findings.toSorted((a, b) => b.evidence.logOdds - a.evidence.logOdds)[0]
}

/** It may well have brought the added traffic when it sends at least this much of it. */
const BROUGHT_SHARE = 0.5

/** Whether the client that has the errors also sends most of the traffic that came on top of the usual; no surge, no traffic brought. */
export function bringsTraffic(client: Finding, load: Finding | undefined): boolean {
  if (load === undefined || load.evidence.logOdds <= 0 || client.evidence.logOdds <= 0) return false
  const { share_of_requests: share } = client.evidence.data
  const { ratio } = load.evidence.data
  return typeof share === 'number' && typeof ratio === 'number' && share >= BROUGHT_SHARE * (1 - 1 / ratio)
}

interface Concentration {
  readonly logBayesFactor: number
  readonly top: PartTotal
  readonly shareOfErrors: number
  readonly shareOfRequests: number
  readonly othersRate: number
}

/** ln of "one of them has it" over "errors follow requests"; any of the values may be the one. */
export function weighParts(parts: readonly PartTotal[]): Concentration | undefined {
  const requests = total(parts, 'requests')
  const normal = total(parts, 'errorsBefore') / Math.max(total(parts, 'requestsBefore'), 1)
  const added = (part: PartTotal): number => Math.max(part.errors - normal * part.requests, 0)
  const errors = parts.reduce((sum, part) => sum + added(part), 0)
  const named = parts.filter(({ value }) => value !== '').toSorted((a, b) => added(b) - added(a))
  const [top] = named
  if (top === undefined || parts.length < 2 || errors < ERRORS_MIN) return undefined
  const scale = Math.min(ERRORS_MAX / errors, 1)
  const perValue = named.map((part) => {
    const [hits, misses] = [added(part) * scale, (errors - added(part)) * scale]
    const share = Math.min(Math.max(part.requests / requests, 0.001), 0.999)
    const spread = { a: SPREAD_DRAWS * share, b: SPREAD_DRAWS * (1 - share) }
    const concentration = logBetaSequence(hits, misses, CONCENTRATED) - logBetaSequence(hits, misses, spread)
    // Before looking, the one is any of them, or as likely as it sends requests.
    const prior = Math.log((1 / Math.max(top.valueCount, named.length) + share) / 2)
    return Math.max(concentration, weighOthers(part, parts, normal)) + prior
  })
  const others = parts.filter((part) => part !== top)
  return {
    logBayesFactor: logSumExp(perValue),
    top,
    shareOfErrors: added(top) / errors,
    shareOfRequests: top.requests / requests,
    othersRate: total(others, 'errors') / Math.max(total(others, 'requests'), 1),
  }
}

/** ln of "the others are as they were before" over "they fail like this one": tells even where one has nearly all requests. */
function weighOthers(one: PartTotal, parts: readonly PartTotal[], normal: number): number {
  const others = parts.filter((part) => part !== one)
  const errors = total(others, 'errors')
  const passes = total(others, 'requests') - errors
  const well = Math.max(normal, NORMAL_RATE_MIN)
  const alike = Math.min(Math.max(one.errors / Math.max(one.requests, 1), well), 0.99)
  return (
    logBetaSequence(errors, passes, { a: NORMAL_DRAWS * well, b: NORMAL_DRAWS * (1 - well) }) -
    logBetaSequence(errors, passes, { a: ALIKE_DRAWS * alike, b: ALIKE_DRAWS * (1 - alike) })
  )
}
