import type { Change } from '../../../shared/domain/change.ts'
import type { Incident, Severity } from '../../../shared/domain/incident.ts'
import { lastUndo } from './decide-notice.ts'
import type { IncidentNews } from './incident-news.ts'

export interface RollbackSettings {
  readonly probability: number
  readonly severities: readonly Severity[]
  /** Null: any. */
  readonly services: readonly string[] | null
  /** How long people have first. */
  readonly waitMs: number
  /** Between two rollbacks of one service. */
  readonly cooldownMs: number
  readonly dailyMax: number
}

/** A rollback that was asked for. */
export interface AskedRollback {
  readonly incidentId: string
  readonly service: string
  readonly atMs: number
}

export type RollbackDecision =
  | { readonly kind: 'ask'; readonly changeId: string; readonly toVersion: string | null }
  | { readonly kind: 'leave'; readonly because: LeaveBecause }

export type LeaveBecause =
  | 'nothing_to_roll_back'
  | 'not_sure_enough'
  | 'not_grave_enough'
  | 'not_this_service'
  | 'people_first'
  | 'people_are_on_it'
  | 'asked_before'
  | 'cooling_down'
  | 'enough_for_today'

const DAY_MS = 24 * 3_600_000

/** Whether a rollback is asked for without a person. Everything must speak for it, and nobody be at it already. */
export function decideRollback(
  { incident, said }: IncidentNews,
  asked: readonly AskedRollback[],
  at: { readonly nowMs: number; readonly changes: readonly Change[]; readonly settings: RollbackSettings },
): RollbackDecision {
  const { nowMs, changes, settings } = at
  const suspect = advisedRollback(incident)
  if (suspect === undefined) return leave('nothing_to_roll_back')
  if (suspect.probability < settings.probability) return leave('not_sure_enough')
  if (!settings.severities.includes(incident.severity)) return leave('not_grave_enough')
  if (settings.services?.includes(incident.service) === false) return leave('not_this_service')
  if (incident.state !== 'open' || said.length > 0 || lastUndo(incident, changes) !== undefined)
    return leave('people_are_on_it')
  if (nowMs - incident.detectedAtMs < settings.waitMs) return leave('people_first')
  if (asked.some(({ incidentId }) => incidentId === incident.id)) return leave('asked_before')
  const isHot = asked.some(({ service, atMs }) => service === incident.service && nowMs - atMs < settings.cooldownMs)
  if (isHot) return leave('cooling_down')
  if (asked.filter(({ atMs }) => nowMs - atMs < DAY_MS).length >= settings.dailyMax) return leave('enough_for_today')
  return { kind: 'ask', changeId: suspect.changeId, toVersion: incident.recommendation.toVersion }
}

/** The suspect that the recommendation says to roll back; undefined where it says something else, or that it is unsafe. */
function advisedRollback({ suspects, recommendation, state }: Incident): Incident['suspects'][number] | undefined {
  if (recommendation.action !== 'rollback' || state === 'resolved') return undefined
  const suspect = suspects.find(({ changeId }) => changeId === recommendation.changeId)
  return suspect?.change.reversible === true ? suspect : undefined
}

function leave(because: LeaveBecause): RollbackDecision {
  return { kind: 'leave', because }
}
