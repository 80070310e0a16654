import type { Change } from '../../shared/domain/change.ts'
import { changeToWire } from '../../shared/domain/change-wire.ts'
import type { RollBack } from '../../shared/domain/command.ts'
import { stableHash } from '../../shared/domain/stable-hash.ts'
import type { GuardedFetch } from '../../shared/runtime/guarded-fetch.ts'
import type { Log } from '../../shared/runtime/log.ts'
import {
  advisedRollback,
  decideRollback,
  type RollbackDecision,
  type RollbackSettings,
} from './core/decide-rollback.ts'
import type { IncidentNews } from './core/incident-news.ts'
import { REFUSED_BECAUSE, type RollbackAttempt, type RollbackOffer } from './core/rollback-attempt.ts'
import { postSigned } from './io/post-signed.ts'

export interface RollbackHookDeps {
  readonly fetch: GuardedFetch
  /** Keeps that it is asked for before it is: once too few is better than twice. */
  readonly storeAttempt: (attempt: RollbackAttempt) => Promise<void>
  readonly nowMs: () => number
  readonly log: Log
}

export interface RollbackHookOptions {
  readonly url: string
  readonly secret: string
  readonly isDryRun: boolean
  readonly settings: RollbackSettings
}

/** Starts rollbacks by asking whoever can: when somebody presses, or by itself where that is set. */
export interface RollbackHook {
  /** What a button under the incident would start; undefined: there is none. */
  offer(news: IncidentNews): RollbackOffer | undefined
  attemptOf(incidentId: string): RollbackAttempt | undefined
  /** Asks for those that are due by themselves. */
  look(incidents: readonly IncidentNews[], changes: readonly Change[]): Promise<void>
  /** Asks for what somebody pressed for, once; resolves once it is known what came of it. */
  press(press: RollBack, news: IncidentNews, changes: readonly Change[]): Promise<void>
}

/** Where no hook is set up. */
export const NO_ROLLBACKS: RollbackHook = {
  offer: () => undefined,
  attemptOf: () => undefined,
  look: async () => {},
  press: async () => {},
}

const REMEMBERED_MS = 7 * 24 * 3_600_000

/** `earlier`: what another run asked for. */
export function createRollbackHook(
  deps: RollbackHookDeps,
  options: RollbackHookOptions,
  earlier: readonly RollbackAttempt[],
): RollbackHook {
  const { isDryRun, settings } = options
  const attempts = new Map(
    earlier.filter(({ outcome }) => outcome !== 'rehearsed' || isDryRun).map((one) => [one.incidentId, one]),
  )
  let turn: Promise<void> = Promise.resolve()

  /** One at a time: the next one counts what this one asked for. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  async function keep(attempt: RollbackAttempt): Promise<void> {
    attempts.set(attempt.incidentId, attempt)
    await deps.storeAttempt(attempt)
  }

  async function ask(news: IncidentNews, decision: RollbackDecision & { kind: 'ask' }, by: string | null) {
    const { incident } = news
    const { changeId } = decision.suspect
    const fields = { incident: incident.id, service: incident.service, change: changeId, by }
    const given = { incidentId: incident.id, service: incident.service, changeId, by, because: null }
    const begun: RollbackAttempt = { ...given, atMs: deps.nowMs(), outcome: 'begun' }
    await keep(begun)
    if (isDryRun) {
      deps.log.warn(fields, 'a rollback would be asked for now; notify.rollback.dry_run is on')
      return keep({ ...begun, outcome: 'rehearsed' })
    }
    try {
      await post(news, decision, by)
      deps.log.warn(fields, 'a rollback was asked for')
      await keep({ ...begun, outcome: 'asked' })
    } catch (error) {
      deps.log.error({ ...fields, error }, 'a rollback was not asked for: people must see to it')
      await keep({ ...begun, outcome: 'failed' })
    }
  }

  function post(
    { incident, document }: IncidentNews,
    { suspect, toVersion }: RollbackDecision & { kind: 'ask' },
    by: string | null,
  ): Promise<void> {
    const data = {
      service: incident.service,
      env: incident.env,
      change_id: suspect.changeId,
      to_version: toVersion,
      probability: suspect.probability,
      requested_by: by,
      command: incident.recommendation.command,
      change: changeToWire(suspect.change),
      incident: document,
    }
    const nowMs = deps.nowMs()
    const body = JSON.stringify({ type: 'rollback.requested', timestamp: new Date(nowMs).toISOString(), data })
    const id = `rbk_${stableHash(incident.id)}`
    return postSigned(deps.fetch, 'rollback hook', { url: options.url, secret: options.secret, id, body, nowMs })
  }

  return {
    offer({ incident }) {
      const suspect = advisedRollback(incident)
      if (suspect === undefined || settings.services?.includes(incident.service) === false) return undefined
      const outcome = attempts.get(incident.id)?.outcome
      if (outcome === 'asked' || outcome === 'rehearsed' || outcome === 'begun') return undefined
      return { changeId: suspect.changeId, toVersion: incident.recommendation.toVersion, isDryRun }
    },
    attemptOf: (incidentId) => attempts.get(incidentId),
    look: (incidents, changes) =>
      inTurn(async () => {
        const nowMs = deps.nowMs()
        const beforeMs = nowMs - Math.max(REMEMBERED_MS, settings.cooldownMs)
        for (const [id, { atMs }] of attempts) if (atMs < beforeMs) attempts.delete(id)
        for (const news of incidents) {
          const at = { nowMs, changes, settings, press: undefined }
          const decision = decideRollback(news, [...attempts.values()], at)
          if (decision.kind === 'ask') await ask(news, decision, null)
        }
      }),
    press: ({ change_id: changeId, at, author }, news, changes) =>
      inTurn(async () => {
        const nowMs = deps.nowMs()
        const press = { changeId, atMs: Date.parse(at) }
        const decision = decideRollback(news, [...attempts.values()], { nowMs, changes, settings, press })
        const by = author ?? 'somebody'
        if (decision.kind === 'ask') return ask(news, decision, by)
        const because = REFUSED_BECAUSE.find((reason) => reason === decision.because)
        if (because === undefined) return
        const { id: incidentId, service } = news.incident
        await keep({ incidentId, service, changeId, by, atMs: nowMs, outcome: 'refused', because })
      }),
  }
}
