import type { Change } from '../../../shared/domain/change.ts'
import type { Incident, Severity } from '../../../shared/domain/incident.ts'
import {
  besideOnset,
  type CauseWords,
  causeTitle,
  clearedNames,
  howMany,
  howSoonSeen,
  inNumbers,
  normalShare,
  otherServicesHit,
  outcome,
  rankCauses,
  whatFails,
  whatIsWrong,
  whereItFails,
} from '../../../shared/faces/incident-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { duration, percent, probabilityPercent, probabilityWord } from '../../../shared/faces/words.ts'
import { boundedName as name, boundedSentence as sentence } from './bounded-text.ts'
import { blamedId } from './decide-notice.ts'
import { diffUrl } from './diff-url.ts'
import type { IncidentNews } from './incident-news.ts'
import { peopleLines } from './people-lines.ts'
import type { RollbackAttempt, RollbackOffer } from './rollback-attempt.ts'
import type { Silence } from './silence.ts'

/** What a channel says of one incident, in the order of every face. Every text is visible, on one line, and bounded. */
export interface IncidentMessage {
  readonly incidentId: string
  readonly env: string
  readonly service: string
  readonly severity: Severity
  readonly standing: 'broken' | 'acknowledged' | 'over' | 'merged'
  /** `checkout is failing 8.1 % of requests`. */
  readonly headline: string
  /** `normal 0.1 %`; null where it is no longer to the point. */
  readonly normal: string | null
  readonly startedAtMs: number
  readonly isStartKnown: boolean
  /** Null while it lasts. */
  readonly endedAtMs: number | null
  /** `815 errors in 6 min, most on POST /pay/{id} · seen after 20 s`. */
  readonly facts: string
  readonly alsoHit: readonly string[]
  /** Likeliest first; those worth an argument. */
  readonly causes: readonly MessageCause[]
  /** `something that checkout calls 3 %`. */
  readonly possible: readonly string[]
  /** A line for a shell; null where there is none, or it is too long to be read. */
  readonly command: string | null
  readonly advice: string
  readonly cautions: readonly string[]
  /** What came of it. */
  readonly outcome: string | null
  readonly cleared: readonly string[]
  /** Who did what about it, and what is muted. */
  readonly people: readonly string[]
  readonly links: readonly MessageLink[]
  /** The change whose guilt can be called right or wrong; null for none. */
  readonly suspectId: string | null
  /** The rollback that can be started from here, and what whoever starts it agrees to; null for none. */
  readonly rollback: { readonly changeId: string; readonly question: string } | null
}

export interface MessageCause {
  /** `Very likely`. */
  readonly likelihood: string
  /** Empty where there is nothing to be sure of. */
  readonly percent: string
  /** `deploy v42 by ana`. */
  readonly name: string
  /** Where to read about it; null where nobody said. */
  readonly url: string | null
  /** `20 s before the first errors`; empty for a cause that is no change. */
  readonly when: string
  readonly evidence: readonly string[]
}

export interface MessageLink {
  readonly label: string
  readonly url: string
}

export interface MessageContext {
  readonly changes: readonly Change[]
  readonly silence: Silence | undefined
  /** What came of its rollback. */
  readonly rollback: RollbackAttempt | undefined
  /** What a button would start. */
  readonly offer: RollbackOffer | undefined
  readonly blameAt: number
  /** Where people reach the pages; null where nobody said. */
  readonly publicUrl: string | null
  /** What to do about this service, in its owners' words; null for none. */
  readonly runbookUrl: string | null
}

/** From this probability on a cause is argued for, below it only named. */
const ARGUED = 0.2
const CAUSES_MAX = 3
const EVIDENCE_MAX = 2
const NAMES_MAX = 3
const PLACE_LENGTH = 120
const COMMAND_LENGTH = 1_500
const URL_LENGTH = 2_000

export function toMessage(news: IncidentNews, context: MessageContext): IncidentMessage {
  const { incident } = news
  const causes = rankCauses(incident)
  const normal = normalShare(incident)
  const argued = causes.filter(({ probability }, index) => index === 0 || probability >= ARGUED).slice(0, CAUSES_MAX)
  const { command, reason, cautions } = incident.recommendation
  const shownCommand = command === null || command === '' ? null : visibleText(command)
  const isReadable = shownCommand !== null && shownCommand.length <= COMMAND_LENGTH
  return {
    incidentId: incident.id,
    env: name(incident.env),
    service: name(incident.service),
    severity: incident.severity,
    standing: standingOf(news),
    headline: headline(news),
    normal: normal === undefined || standingOf(news) === 'over' ? null : `normal ${percent(normal)}`,
    startedAtMs: incident.startedAtMs,
    isStartKnown: !incident.alreadyFailing,
    endedAtMs: incident.resolvedAtMs,
    facts: facts(incident),
    alsoHit: fold(otherServicesHit(incident)),
    causes: argued.map((cause) => toCause(cause, incident)),
    possible: causes
      .filter((cause) => !argued.includes(cause) && cause.cause !== 'unknown')
      .slice(0, NAMES_MAX)
      .map((cause) => `${name(cause.name)} ${probabilityPercent(cause.probability)}`),
    command: isReadable ? shownCommand : null,
    advice: sentence(
      shownCommand === null || isReadable ? reason : `${reason} (the command is on the incident's page)`,
    ),
    cautions: cautions
      .filter((text) => text !== '')
      .slice(0, NAMES_MAX)
      .map(sentence),
    outcome: outcomeOf(incident),
    cleared: fold(clearedNames({ incident, changes: context.changes })),
    people: peopleLines(news.said, context),
    links: links(incident, context),
    suspectId: blamedId(incident, context.blameAt),
    rollback: rollbackOf(incident, context.offer),
  }
}

function outcomeOf(incident: Incident): string | null {
  const known = outcome(incident)
  return known === undefined ? null : sentence(known.text)
}

function rollbackOf(incident: Incident, offer: RollbackOffer | undefined): IncidentMessage['rollback'] {
  if (offer === undefined) return null
  const cause = rankCauses(incident).find(({ changeId }) => changeId === offer.changeId)
  const to = offer.toVersion === null ? '' : ` back to ${name(offer.toVersion)}`
  const suspect =
    cause === undefined
      ? ''
      : ` Suspected: ${name(cause.name)}, ${probabilityWord(cause.probability)} (${probabilityPercent(cause.probability)}).`
  const dry = offer.isDryRun ? ' This is a dry run: nothing will be asked for.' : ''
  return { changeId: offer.changeId, question: `Rolls ${name(incident.service)}${to}.${suspect}${dry}` }
}

function standingOf({ incident, mergedInto }: IncidentNews): IncidentMessage['standing'] {
  if (mergedInto !== null) return 'merged'
  if (incident.state === 'resolved') return 'over'
  return incident.state === 'acknowledged' ? 'acknowledged' : 'broken'
}

function headline({ incident, mergedInto }: IncidentNews): string {
  const service = incident.env === 'prod' ? name(incident.service) : `${name(incident.service)} (${name(incident.env)})`
  if (mergedInto !== null) return `${service}: part of another incident`
  if (incident.resolvedAtMs === null) {
    return `${service} ${whatIsWrong(incident)}`
  }
  const lasted = duration(incident.resolvedAtMs - incident.startedAtMs)
  if (incident.chronic) return `${service}: ${whatFails(incident)} for ${lasted} now counts as normal`
  return `${service} is back to normal after ${lasted}`
}

function facts(incident: Incident): string {
  const place = whereItFails(incident)
  const numbers = inNumbers(incident)
  const where = place === undefined ? undefined : shorten(place, PLACE_LENGTH)
  return [
    [howMany(incident), where].filter((part) => part !== undefined).join(', '),
    howSoonSeen(incident),
    numbers === undefined ? '' : sentence(numbers),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function toCause(cause: CauseWords, incident: Incident): MessageCause {
  const change = incident.suspects.find(({ changeId }) => changeId === cause.changeId)?.change
  const isUnknown = cause.cause === 'unknown'
  return {
    likelihood: isUnknown ? "We don't know:" : capital(probabilityWord(cause.probability)),
    percent: isUnknown ? '' : probabilityPercent(cause.probability),
    name: name(isUnknown ? cause.name : causeTitle(cause)),
    url: webAddress(change?.url),
    when: change === undefined ? '' : besideOnset(change.startedAtMs, incident),
    evidence:
      cause.probability >= ARGUED
        ? cause.evidence
            .filter((text) => text !== '')
            .slice(0, EVIDENCE_MAX)
            .map(sentence)
        : [],
  }
}

/** `: very likely deploy v42 by ana, 94 %`, after a headline; empty where there is no cause. */
export function sayFirstCause({ causes: [first] }: IncidentMessage): string {
  if (first === undefined) return ''
  const { likelihood, name: what, percent: odds } = first
  return `: ${likelihood.slice(0, 1).toLowerCase()}${likelihood.slice(1)} ${what}${odds === '' ? '' : `, ${odds}`}`
}

/** `, 20 s before the first errors: 94 %`, after a cause's name. */
export function sayOdds({ when, percent: odds }: MessageCause): string {
  return `${when === '' ? '' : `, ${when}`}${odds === '' ? '' : `: ${odds}`}`
}

/** `since 14:03 UTC`, `from 14:03 to 14:19 UTC`; `sayMinute` writes a moment. */
export function saySpan(message: IncidentMessage, sayMinute: (atMs: number) => string): string {
  const { startedAtMs, isStartKnown, endedAtMs } = message
  const before = isStartKnown ? '' : 'before '
  if (endedAtMs === null) return `since ${before}${sayMinute(startedAtMs)}`
  return `from ${before}${sayMinute(startedAtMs)} to ${sayMinute(endedAtMs)}`
}

function links(incident: Incident, { publicUrl, runbookUrl, blameAt, changes }: MessageContext): MessageLink[] {
  const page = publicUrl === null ? null : webAddress(`${publicUrl}/incidents/${encodeURIComponent(incident.id)}`)
  const runbook = webAddress(runbookUrl ?? undefined)
  const blamed = incident.suspects.find(({ changeId }) => changeId === blamedId(incident, blameAt))?.change
  const diff = blamed === undefined ? null : diffUrl(blamed, changes)
  return [
    ...(page === null ? [] : [{ label: 'Open', url: page }]),
    ...(runbook === null ? [] : [{ label: 'Runbook', url: runbook }]),
    ...(diff === null ? [] : [{ label: 'Diff', url: diff }]),
  ]
}

/** The address, if a browser may be sent there; null for anything else. */
export function webAddress(text: string | undefined): string | null {
  if (text === undefined || text.length > URL_LENGTH || !URL.canParse(text)) return null
  const { protocol, href } = new URL(text)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}

/** The first few, and how many more there are. */
function fold(names: readonly string[]): string[] {
  const shown = names.slice(0, NAMES_MAX).map(name)
  return names.length > shown.length ? [...shown, `${names.length - shown.length} more`] : shown
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
