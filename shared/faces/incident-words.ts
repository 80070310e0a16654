import { CELL_MS } from '../domain/cell.ts'
import type { Change } from '../domain/change.ts'
import type { IncidentCommand } from '../domain/command.ts'
import { countedRequests } from '../domain/counted-requests.ts'
import type { AffectedSeries, Cause, ClearedChange, Evidence, Incident } from '../domain/incident.ts'
import { areOfClients, countedAsErrors } from '../domain/status-range.ts'
import { changeNameAndAuthor, clearedName, otherCauseName } from './change-words.ts'
import { errorShare, type RatePoint, sumPoints } from './incident-chart.ts'
import type { IncidentView } from './incident-view.ts'
import { visibleText } from './visible-text.ts'
import { clock, clockMinute, clockNear, counted, day, duration, percent, roughLength } from './words.ts'

/** One thing that may have caused an incident, ready to be shown. */
export interface CauseWords {
  readonly cause: Cause
  /** Null for a cause that is no change. */
  readonly changeId: string | null
  readonly probability: number
  /** `deploy v42 by ana`, `something that checkout calls`. */
  readonly name: string
  /** When the change began; empty for other causes. */
  readonly when: string
  /** Strongest first. */
  readonly evidence: readonly string[]
}

/** Below this a cause is not worth a line. */
const SHOWN_PROBABILITY = 0.02
/** A series with this share of the excess is where the errors are; with this one it is where nearly all are. */
const MOST_OF_EXCESS = 0.5
const ALL_OF_EXCESS = 0.95
/** A place whose error rate is so many times that of the whole service has it said. */
const CLEARLY_WORSE = 1.5

/** `failing 8.1 % of requests`. */
export function whatFails(incident: Incident): string {
  switch (incident.signal) {
    case 'error_rate':
      return areOfClients(countedAsErrors(incident.statuses))
        ? `answering ${percent(incident.observedRate)} of requests with ${Object.keys(incident.statuses).join(' or ')}`
        : `failing ${percent(incident.observedRate)} of requests`
    case 'traffic_drop':
      return incident.traffic?.silentSinceMs === null ? 'has lost most of its requests' : 'sends no data'
    case 'latency':
      return incident.latency === undefined ? 'slow' : `slow for ${percent(incident.latency.share)} of requests`
  }
}

/** The same as a predicate: `is failing 8.1 % of requests`, `sends no data`. */
export function whatIsWrong(incident: Incident): string {
  return `${incident.signal === 'traffic_drop' ? '' : 'is '}${whatFails(incident)}`
}

/** ` (normal 0.12 %)`, after `whatFails`; empty where it is no share of requests that tells. */
export function normalWords(incident: Incident): string {
  const share = normalShare(incident)
  return share === undefined ? '' : ` (normal ${percent(share)})`
}

/** Of failing or slow requests, 0–1. */
export function normalShare({ signal, baselineRate, latency }: Incident): number | undefined {
  return signal === 'error_rate' ? baselineRate : latency?.normalShare
}

/** What a chart of it shows the share of: `failing`, `answered with 401–403`, `taking longer than 180 ms`. */
export function countedWords(incident: Incident): string {
  const counted = countedRequests(incident)
  if (counted.kind === 'slow') return `taking longer than ${roughLength(counted.slowerThanMs)}`
  const { statuses } = counted
  if (!areOfClients(statuses)) return 'failing'
  return `answered with ${statuses.from === statuses.to ? statuses.from : `${statuses.from}–${statuses.to}`}`
}

/** What the numbers of missing or slow requests are, in a sentence; undefined where there are none. */
export function inNumbers({ traffic, latency }: Incident): string | undefined {
  const text = traffic?.text ?? latency?.text
  return text === undefined ? undefined : visibleText(text)
}

/** `2 Oct 14:03:10 – 14:19 UTC`, `since 2 Oct 14:03:10 UTC`. */
export function whenItFailed(incident: Incident): string {
  const start = `${day(incident.startedAtMs)} ${clock(incident.startedAtMs)}`
  const from = incident.alreadyFailing ? `before ${start}` : start
  if (incident.resolvedAtMs === null) return `since ${from} UTC`
  const sameDay = day(incident.resolvedAtMs) === day(incident.startedAtMs)
  const end = clockMinute(incident.resolvedAtMs)
  return `${from} – ${sameDay ? end : `${day(incident.resolvedAtMs)} ${end}`} UTC`
}

/** `745 errors in 16 min`, `1,200 requests missed in 16 min`. An incident that is not over lasts until its last word. */
export function howMany(incident: Incident): string {
  const endMs = incident.resolvedAtMs ?? incident.updatedAtMs
  const { signal, traffic, latency } = incident
  if (signal === 'traffic_drop' && traffic !== undefined) {
    const missed = Math.max(traffic.expectedRequests - traffic.requests, 0)
    return `${counted(missed, 'request')} missed in ${duration(endMs - incident.startedAtMs)}`
  }
  if (signal === 'latency' && latency !== undefined)
    return `${counted(latency.slowRequests, 'slow request')} in ${duration(endMs - incident.startedAtMs)}`
  return `${counted(incident.errors, 'error')} in ${duration(endMs - incident.startedAtMs)}`
}

/** `most on POST /pay/{id} (30 % fail)`; undefined where no place stands out. */
export function whereItFails(incident: Incident): string | undefined {
  const places = incident.affected.filter((series) => series.service === incident.service && placeName(series) !== '')
  const worst = places.toSorted((a, b) => b.shareOfExcess - a.shareOfExcess)[0]
  if (worst === undefined || worst.shareOfExcess < MOST_OF_EXCESS) return undefined
  const place = worst.route === null ? worst : { ...worst, version: null }
  const rate = errorShare(worst) ?? 0
  const much = rate >= CLEARLY_WORSE * incident.observedRate ? ` (${percent(rate)} fail)` : ''
  return `${worst.shareOfExcess >= ALL_OF_EXCESS ? 'all' : 'most'} on ${placeName(place)}${much}`
}

/** `seen after 20 s`, or why it can't be told. */
export function howSoonSeen(incident: Incident): string {
  if (incident.alreadyFailing) return 'already failing when the log begins'
  return `seen after ${duration(incident.detectedAtMs - incident.startedAtMs)}`
}

/** What the onset is: the first errors, the last requests that came, or the first slow ones. */
export function onsetWords({ signal }: Incident): string {
  return ONSETS[signal]
}

const ONSETS = { error_rate: 'first errors', traffic_drop: 'last requests', latency: 'first slow requests' } as const
const LASTING = { error_rate: 'failing', traffic_drop: 'missing', latency: 'slow' } as const

/**
 * `20 s before the first errors`; `as the first errors came` where it is nearer than a cell, which is as well as the onset is
 * known.
 */
export function besideOnset(atMs: number, incident: Incident): string {
  const afterMs = atMs - incident.startedAtMs
  if (Math.abs(afterMs) < CELL_MS) return `as the ${onsetWords(incident)} came`
  return `${duration(Math.abs(afterMs))} ${afterMs > 0 ? 'after' : 'before'} the ${onsetWords(incident)}`
}

/** What lasts: `still failing when the log ends`, `it lasted so long that it now counts as normal`; undefined once it is over. */
export function howItStands({ incident, isLive }: Pick<IncidentView, 'incident' | 'isLive'>): string | undefined {
  if (incident.chronic) return 'it lasted so long that it now counts as normal'
  return incident.resolvedAtMs === null && !isLive ? `still ${LASTING[incident.signal]} when the log ends` : undefined
}

/** The method, route, version and region of a series, as far as it has them. */
export function placeName(series: AffectedSeries): string {
  const parts = [series.method, series.route, series.version, series.region]
  return visibleText(parts.filter((part) => part !== null && part !== '').join(' '))
}

/** `gateway (12 % fail)` for every other service that the fault hit, most errors first. */
export function otherServicesHit(incident: Incident): string[] {
  const services = new Map<string, RatePoint>()
  for (const series of incident.affected) {
    if (series.service === incident.service) continue
    services.set(series.service, sumPoints([series, services.get(series.service) ?? { requests: 0, errors: 0 }]))
  }
  return [...services]
    .toSorted(([, a], [, b]) => b.errors - a.errors)
    .map(
      ([name, point]) =>
        `${visibleText(name)} (${percent(errorShare(point) ?? 0)} ${incident.signal === 'latency' ? 'slow' : 'fail'})`,
    )
}

/** Every cause worth a line, likeliest first; the likeliest always. */
export function rankCauses(incident: Incident): CauseWords[] {
  const { service } = incident
  const suspects = incident.suspects.map(({ changeId, change, probability, evidence }) => ({
    cause: 'change' as const,
    changeId,
    probability,
    name: changeNameAndAuthor(change, service),
    when: clockNear(change.startedAtMs, incident.startedAtMs),
    evidence: strongestFirst(evidence),
  }))
  const others = incident.otherCauses.map(({ cause, probability, evidence }) => ({
    cause,
    changeId: null,
    probability,
    name: otherCauseName(cause, service),
    when: '',
    evidence: strongestFirst(evidence),
  }))
  const ranked = [...suspects, ...others].toSorted((a, b) => b.probability - a.probability)
  return ranked.filter((cause, index) => index === 0 || cause.probability >= SHOWN_PROBABILITY)
}

/** A cause's name where it stands alone, with the contract's word for one that is no change. */
export function causeTitle({ cause, name }: CauseWords): string {
  return cause === 'change' ? name : `${name} (${cause})`
}

/** The changes that were ruled out. What was rolled back meanwhile is no news: nobody suspected it. */
export function clearedChanges({
  incident,
  changes,
}: Pick<IncidentView, 'incident' | 'changes'>): { cleared: ClearedChange; change: Change | undefined }[] {
  return incident.cleared
    .map((cleared) => ({ cleared, change: changes.find(({ id }) => id === cleared.changeId) }))
    .filter(({ change }) => change?.kind !== 'rollback' || change.startedAtMs <= incident.startedAtMs)
}

/** `search config #71 (began 4 min after)`, one a cleared change. */
export function clearedNames(view: Pick<IncidentView, 'incident' | 'changes'>): string[] {
  const { service, startedAtMs } = view.incident
  return clearedChanges(view).map(({ cleared, change }) => clearedName(cleared, { change, service, startedAtMs }))
}

/** What came of it: a label and a sentence; undefined while there is nothing to say. */
export function outcome(incident: Incident): { label: string; text: string } | undefined {
  const { state, text, recoveredAfterMs } = incident.verification
  const after = recoveredAfterMs === undefined ? '' : ` ${duration(recoveredAfterMs)} after it was undone`
  switch (state) {
    case 'confirmed':
      return { label: 'confirmed', text: visibleText(text ?? `normal again${after}`) }
    case 'refuted':
      return { label: 'refuted', text: visibleText(text ?? 'undoing it did not help') }
    case 'pending':
    case 'not_applicable':
      return undefined
  }
}

const SAID_SHOWN = 5

/** What people said about it, newest last: a label and a sentence each. */
export function whatPeopleSaid({ timeline = [] }: Incident): { label: string; text: string }[] {
  return timeline.slice(-SAID_SHOWN).map((said) => {
    const by = said.author === null ? 'somebody' : visibleText(said.author)
    const note = said.note === null ? '' : `: ${visibleText(said.note)}`
    const [label, what] = saidWords(said)
    return { label, text: `${clock(Date.parse(said.at))} ${what} ${by}${note}` }
  })
}

function saidWords(said: IncidentCommand): [label: string, what: string] {
  switch (said.kind) {
    case 'acknowledge':
      return ['acknowledged', 'by']
    case 'resolve':
      return ['resolved', 'by']
    case 'roll_back':
      return ['rollback', 'pressed for by']
    case 'feedback':
      if (said.change_id !== null) return ['feedback', `it was change ${visibleText(said.change_id)}, says`]
      return ['feedback', `the first suspect is ${said.verdict}, says`]
  }
}

/** Evidence for a cause before evidence against it, the weightiest first. */
function strongestFirst(evidence: readonly Evidence[]): string[] {
  return evidence.toSorted((a, b) => b.logOdds - a.logOdds).map(({ text }) => visibleText(text))
}
