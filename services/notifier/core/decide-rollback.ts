import type { Change } from '../../../shared/domain/change.ts'
import type { Incident, Severity } from '../../../shared/domain/incident.ts'
import { lastUndo } from './decide-notice.ts'
import type { IncidentNews } from './incident-news.ts'
import { hasBegun, type RefusedBecause, type RollbackAttempt } from './rollback-attempt.ts'

export interface RollbackSettings {
  /** Whether a person starts it by a button, or it also starts by itself. */
  readonly mode: 'button' | 'automatic'
  /** So sure and so grave it must be to start by itself. */
  readonly probability: number
  readonly severities: readonly Severity[]
  /** Null: any. */
  readonly services: readonly string[] | null
  /** How long people have before it starts by itself. */
  readonly waitMs: number
  /** Between two rollbacks of one service. */
  readonly cooldownMs: number
  readonly dailyMax: number
}

/** Somebody wants the rollback of a change. */
export interface RollbackPress {
  readonly changeId: string
  readonly atMs: number
}

export type RollbackDecision =
  | { readonly kind: 'ask'; readonly suspect: Suspect; readonly toVersion: string | null }
  | { readonly kind: 'leave'; readonly because: LeaveBecause }

export type LeaveBecause =
  | RefusedBecause
  | 'a_person_decides'
  | 'not_sure_enough'
  | 'not_grave_enough'
  | 'people_first'
  | 'asked_before'

type Suspect = Incident['suspects'][number]

interface RollbackCircumstances {
  readonly nowMs: number
  readonly changes: readonly Change[]
  readonly settings: RollbackSettings
  /** Undefined: nobody pressed, and everything must speak for it. */
  readonly press: RollbackPress | undefined
}

const DAY_MS = 24 * 3_600_000
/** What somebody wanted longer ago is no longer what they want. */
const PRESS_MS_MAX = 10 * 60_000

/** Whether a rollback is asked for now. Never twice for one incident; by itself only where nobody is at it already. */
export function decideRollback(
  news: IncidentNews,
  attempts: readonly RollbackAttempt[],
  at: RollbackCircumstances,
): RollbackDecision {
  const { incident } = news
  const { settings, press } = at
  const suspect = advisedRollback(incident)
  if (suspect === undefined) return leave('nothing_to_roll_back')
  if (settings.services?.includes(incident.service) === false) return leave('not_this_service')
  const unready = press === undefined ? whyNotByItself(news, suspect, at) : whyNotByPerson(suspect, press, at.nowMs)
  if (unready !== undefined) return leave(unready)
  const own = attempts.filter(({ incidentId }) => incidentId === incident.id)
  // What did not get through may be pressed again: the receiver knows one that comes twice by its id.
  if (own.some(({ outcome }) => outcome === 'asked' || outcome === 'rehearsed')) return leave('asked_before')
  if (press === undefined && own.some(hasBegun)) return leave('asked_before')
  if (lastUndo(incident, at.changes) !== undefined) return leave('people_are_on_it')
  const others = attempts.filter((attempt) => hasBegun(attempt) && !own.includes(attempt))
  const limit = whyNotAgain(incident, others, at)
  return limit === undefined ? { kind: 'ask', suspect, toVersion: incident.recommendation.toVersion } : leave(limit)
}

/** The suspect that the recommendation says to roll back; undefined where it says something else, or that it is unsafe. */
export function advisedRollback({ suspects, recommendation, state }: Incident): Suspect | undefined {
  if (recommendation.action !== 'rollback' || state === 'resolved') return undefined
  const suspect = suspects.find(({ changeId }) => changeId === recommendation.changeId)
  return suspect?.change.reversible === true ? suspect : undefined
}

function whyNotByItself(
  { incident, said }: IncidentNews,
  { probability }: Suspect,
  { nowMs, settings }: RollbackCircumstances,
): LeaveBecause | undefined {
  if (settings.mode !== 'automatic') return 'a_person_decides'
  if (probability < settings.probability) return 'not_sure_enough'
  if (!settings.severities.includes(incident.severity)) return 'not_grave_enough'
  if (incident.state !== 'open' || said.length > 0) return 'people_are_on_it'
  return nowMs - incident.detectedAtMs < settings.waitMs ? 'people_first' : undefined
}

function whyNotByPerson({ changeId }: Suspect, press: RollbackPress, nowMs: number): LeaveBecause | undefined {
  if (press.changeId !== changeId) return 'advice_changed'
  return nowMs - press.atMs > PRESS_MS_MAX ? 'too_late' : undefined
}

function whyNotAgain(
  { service }: Incident,
  others: readonly RollbackAttempt[],
  { nowMs, settings }: RollbackCircumstances,
): LeaveBecause | undefined {
  const isHot = others.some((other) => other.service === service && nowMs - other.atMs < settings.cooldownMs)
  if (isHot) return 'cooling_down'
  return others.filter(({ atMs }) => nowMs - atMs < DAY_MS).length >= settings.dailyMax ? 'enough_for_today' : undefined
}

function leave(because: LeaveBecause): RollbackDecision {
  return { kind: 'leave', because }
}
