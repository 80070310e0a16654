import type { Candidate } from '../candidates.ts'
import type { ServedMinute } from '../evidence-data.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { type IncidentCase, routeKey } from '../incident-case.ts'
import { total } from '../total.ts'
import { sayCount, sayName, sayPercent } from '../wording.ts'

const MINUTE_MS = 60_000
/** What moves within this time of the onset moved with it. */
const NEAR_MS = 3 * MINUTE_MS
const AFTER_MS = 10 * MINUTE_MS
/** A reported change that acts until this long before the onset explains what moved. */
const EXPLAINS_MS = 5 * MINUTE_MS
const REQUESTS_BEFORE_MIN = 500
/** A route that had this share of the requests would have been seen before. */
const ROUTE_SHARE_MIN = 0.02
const ROUTES_NAMED_MAX = 3
/** A pool that grows is no other pool. */
const NEW_UPSTREAMS_MIN = 0.5
const SIZED_MINUTES_MIN = 10
const SIZED_REQUESTS_MIN = 5
const SIZE_RATIO_MIN = 1.3
/** Of its usual variation from minute to minute. */
const SIZE_DEVIATIONS_MIN = 5
/** Each of these moves by itself about once in twenty such moments. */
const LOG_ODDS_EACH = 2

/** What moved in the log itself: a sentence's part, and its numbers. */
interface Movement {
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Did something change about the onset that nobody reported? New routes, another set of upstreams, answers of another
 * size: the traces that a release or a setting leaves in a log that names no version.
 */
export function weighUndeclaredChange(incident: IncidentCase, candidates: readonly Candidate[]): Finding | undefined {
  if (incident.alreadyFailing || candidates.some((candidate) => explains(incident, candidate))) return undefined
  const { served } = incident.data
  const moved = [newRoutes(incident), newUpstreams(served, incident.onsetAtMs), otherSize(served, incident.onsetAtMs)]
  const movements = moved.filter((movement) => movement !== undefined)
  if (movements.length === 0) return undefined
  const at = new Date(incident.onsetAtMs).toISOString().slice(11, 16)
  const text = `something changed about ${at} that nobody reported: ${movements.map((movement) => movement.text).join('; ')}`
  const data = Object.assign({}, ...movements.map((movement) => movement.data))
  return { evidence: toEvidence('fingerprint', LOG_ODDS_EACH * movements.length, { text, data }) }
}

function explains({ onsetAtMs }: IncidentCase, { relation, startMs, endMs }: Candidate): boolean {
  if (relation !== 'root' && relation !== 'platform') return false
  return startMs <= onsetAtMs + NEAR_MS && endMs >= onsetAtMs - EXPLAINS_MS
}

function newRoutes({ data, root }: IncidentCase): Movement | undefined {
  const ofRoot = data.totals.filter(({ service }) => service === root)
  const requests = total(ofRoot, 'requests')
  if (total(ofRoot, 'requestsBefore') < REQUESTS_BEFORE_MIN) return undefined
  const appeared = [...groupBy(ofRoot, ({ method, route }) => routeKey(method, route))]
    .filter(([, rows]) => total(rows, 'requestsBefore') === 0 && total(rows, 'requests') >= ROUTE_SHARE_MIN * requests)
    .toSorted(([, a], [, b]) => total(b, 'requests') - total(a, 'requests'))
  if (appeared.length === 0) return undefined
  const names = appeared.slice(0, ROUTES_NAMED_MAX).map(([name]) => name)
  return {
    text: `${names.map(sayName).join(', ')} ${appeared.length === 1 ? 'was' : 'were'} never asked for before`,
    data: { new_routes: names },
  }
}

function newUpstreams(served: readonly ServedMinute[], onsetAtMs: number): Movement | undefined {
  const named = served.filter(({ upstream }) => upstream !== '')
  const before = named.filter(({ startMs }) => startMs < onsetAtMs - NEAR_MS)
  const after = named.filter(({ startMs }) => startMs >= onsetAtMs && startMs < onsetAtMs + AFTER_MS)
  if (total(before, 'requests') < REQUESTS_BEFORE_MIN || total(after, 'requests') === 0) return undefined
  const old = new Set(before.map(({ upstream }) => upstream))
  const fresh = after.filter(({ upstream }) => !old.has(upstream))
  const share = total(fresh, 'requests') / total(after, 'requests')
  if (share < NEW_UPSTREAMS_MIN) return undefined
  const count = new Set(fresh.map(({ upstream }) => upstream)).size
  return {
    text: `${sayPercent(share)} of the requests go to ${count === 1 ? 'an upstream' : `${count} upstreams`} not seen before`,
    data: { new_upstreams: count, share_of_requests: share },
  }
}

/** By the geometric mean of what was answered well, minute by minute: a few large files do not move it. */
function otherSize(served: readonly ServedMinute[], onsetAtMs: number): Movement | undefined {
  const minutes = [...groupBy(served, ({ startMs }) => startMs)].map(([startMs, ofMinute]) => {
    const requests = total(ofMinute, 'sizedRequests')
    return { startMs, requests, mean: total(ofMinute, 'sizeLogSum') / Math.max(requests, 1) }
  })
  const sized = minutes.filter(({ requests }) => requests >= SIZED_REQUESTS_MIN)
  const before = sized.filter(({ startMs }) => startMs < onsetAtMs - NEAR_MS).map(({ mean }) => mean)
  const after = sized
    .filter(({ startMs }) => startMs >= onsetAtMs && startMs < onsetAtMs + AFTER_MS)
    .map(({ mean }) => mean)
  if (before.length < SIZED_MINUTES_MIN || after.length === 0) return undefined
  const [was, is] = [meanOf(before), meanOf(after)]
  const deviation = Math.sqrt(before.reduce((sum, value) => sum + (value - was) ** 2, 0) / before.length)
  if (Math.abs(is - was) < Math.max(Math.log(SIZE_RATIO_MIN), SIZE_DEVIATIONS_MIN * deviation)) return undefined
  const [wasBytes, isBytes] = [Math.exp(was), Math.exp(is)]
  return {
    text: `answers went from ${sayCount(wasBytes)} to ${sayCount(isBytes)} bytes`,
    data: { bytes_before: Math.round(wasBytes), bytes_after: Math.round(isBytes) },
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
