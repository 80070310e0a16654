import type { Change } from '../../../shared/domain/change.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import { changeNameAndAuthor } from '../../../shared/faces/change-words.ts'
import { outcome, rankCauses, whatIsWrong } from '../../../shared/faces/incident-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clockMinute, duration, percent, probabilityPercent, probabilityWord } from '../../../shared/faces/words.ts'
import { lastUndo } from './decide-notice.ts'
import type { IncidentNews } from './incident-news.ts'
import type { NoticeReason, Told } from './notice.ts'
import { type RollbackAttempt, sayAttempt } from './rollback-attempt.ts'

const TEXT_LENGTH = 300

interface Known {
  readonly news: IncidentNews
  /** What was told before. */
  readonly told: Told | undefined
  readonly changes: readonly Change[]
  readonly rollback: RollbackAttempt | undefined
}

/** The sentence that tells what is new. */
export function noticeText(reason: NoticeReason, known: Known): string {
  return shorten(sayNews(reason, known), TEXT_LENGTH)
}

function sayNews(reason: NoticeReason, { news, told, changes, rollback }: Known): string {
  const { incident } = news
  const service = visibleText(incident.service)
  switch (reason) {
    case 'opened':
      return `${service} ${whatIsWrong(incident)}; ${sayLikeliest(incident)}`
    case 'over':
      return `${service} ${incident.signal === 'error_rate' ? `failed ${percent(incident.observedRate)} of requests` : 'had a problem'}; ${sayRecovery(incident)}`
    case 'worse':
      return `worse: ${service} ${whatIsWrong(incident)}${sayBefore(incident, told)}; ${incident.severity}`
    case 'new_suspect':
      return `now ${sayLikeliest(incident)}`
    case 'acknowledged':
      return sayAcknowledged(news)
    case 'rollback':
      return rollback === undefined ? 'a rollback was started' : sayAttempt(rollback)
    case 'undone':
      return sayUndo(incident, changes)
    case 'not_helped':
      return `undoing it did not help: ${outcome(incident)?.text ?? 'it still fails'}`
    case 'recovered':
      return sayRecovery(incident)
    case 'reopened':
      return `again: ${service} ${whatIsWrong(incident)}`
    case 'merged':
      return `part of another incident: ${visibleText(news.mergedInto ?? '')}`
    case 'repeat_due':
      return `still, after ${duration(incident.updatedAtMs - incident.startedAtMs)}: ${service} ${whatIsWrong(incident)}`
  }
}

function sayAcknowledged({ said }: IncidentNews): string {
  const by = said.find(({ kind }) => kind === 'acknowledge')?.author ?? null
  return by === null ? 'acknowledged' : `${visibleText(by)} acknowledged it`
}

/** `very likely deploy v42 by ana, 94 %`. */
function sayLikeliest(incident: Incident): string {
  const [first] = rankCauses(incident)
  if (first === undefined || first.cause === 'unknown') return 'no change explains it'
  return `${probabilityWord(first.probability)} ${first.name}, ${probabilityPercent(first.probability)}`
}

function sayBefore(incident: Incident, told: Told | undefined): string {
  return told === undefined || incident.signal !== 'error_rate' ? '' : ` (it was ${percent(told.rate)})`
}

function sayUndo(incident: Incident, changes: readonly Change[]): string {
  const undo = lastUndo(incident, changes)
  if (undo === undefined) return 'it was rolled back; whether that helps shows shortly'
  const what = changeNameAndAuthor(undo, incident.service)
  return `${what} began at ${clockMinute(undo.startedAtMs)} UTC; whether it helps shows shortly`
}

function sayRecovery(incident: Incident): string {
  const lasted = duration((incident.resolvedAtMs ?? incident.updatedAtMs) - incident.startedAtMs)
  if (incident.chronic) return `after ${lasted} it counts as normal: nothing more is said of it`
  const after = outcome(incident)
  const how = after?.label === 'confirmed' ? `: ${after.text}` : ''
  return `back to normal after ${lasted}${how}`
}
