import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clockMinute } from '../../../shared/faces/words.ts'

/** Why a rollback that somebody pressed for was not asked for. */
export const REFUSED_BECAUSE = [
  'nothing_to_roll_back',
  'not_this_service',
  'advice_changed',
  'too_late',
  'people_are_on_it',
  'cooling_down',
  'enough_for_today',
] as const
export type RefusedBecause = (typeof REFUSED_BECAUSE)[number]

export const ROLLBACK_OUTCOMES = ['begun', 'asked', 'rehearsed', 'failed', 'refused'] as const

/** The last time that an incident's rollback was to be started, and what came of it. */
export interface RollbackAttempt {
  readonly incidentId: string
  readonly service: string
  readonly changeId: string
  /** Who pressed; null: it started by itself. */
  readonly by: string | null
  readonly atMs: number
  /** `begun`: nobody knows yet whether it was taken. `rehearsed`: a dry run. */
  readonly outcome: (typeof ROLLBACK_OUTCOMES)[number]
  /** Why it was refused; null where it was not. */
  readonly because: RefusedBecause | null
}

/** What a button would start. */
export interface RollbackOffer {
  readonly changeId: string
  readonly toVersion: string | null
  readonly isDryRun: boolean
}

/** Whether it counts: for the cool-down, for the day. */
export function hasBegun({ outcome }: RollbackAttempt): boolean {
  return outcome !== 'refused'
}

/** What people know of it, to tell whether there is news; null while nobody knows what came of it. */
export function rollbackKey(attempt: RollbackAttempt | undefined): string | null {
  return attempt === undefined || attempt.outcome === 'begun' ? null : `${attempt.outcome}@${attempt.atMs}`
}

/** `ana started the rollback at 14:06 UTC`. */
export function sayAttempt({ by, atMs, outcome, because }: RollbackAttempt): string {
  const time = `at ${clockMinute(atMs)} UTC`
  const tried =
    by === null ? `the rollback was due by itself ${time}` : `${visibleText(by)} pressed Start rollback ${time}`
  switch (outcome) {
    case 'begun':
      return tried
    case 'asked':
      return by === null ? `the rollback started by itself ${time}` : `${visibleText(by)} started the rollback ${time}`
    case 'rehearsed':
      return `${tried}: a dry run, nothing was asked for`
    case 'failed':
      return `${tried}: the rollback hook did not take it, so roll back by hand`
    case 'refused':
      return `${tried}: not started, as ${because === null ? 'it was refused' : REFUSALS[because]}`
  }
}

const REFUSALS: Readonly<Record<RefusedBecause, string>> = {
  nothing_to_roll_back: 'a rollback is no longer advised',
  not_this_service: 'it is not set up for this service',
  advice_changed: 'another change is to be rolled back by now',
  too_late: 'it was pressed too long ago',
  people_are_on_it: 'a rollback is under way already',
  cooling_down: 'this service was rolled back a short while ago',
  enough_for_today: 'there were enough rollbacks today',
}
