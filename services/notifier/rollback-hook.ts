import { Webhook } from 'standardwebhooks'
import type { Change } from '../../shared/domain/change.ts'
import { stableHash } from '../../shared/domain/stable-hash.ts'
import type { GuardedFetch } from '../../shared/runtime/guarded-fetch.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { type AskedRollback, decideRollback, type RollbackSettings } from './core/decide-rollback.ts'
import type { IncidentNews } from './core/incident-news.ts'
import { postJson } from './io/http-post.ts'

export interface RollbackHookDeps {
  readonly fetch: GuardedFetch
  /** Keeps that it was asked, before it is: asked once too few is better than twice. */
  readonly storeAsked: (asked: AskedRollback) => Promise<void>
  readonly nowMs: () => number
  readonly log: Log
}

export interface RollbackHookOptions {
  readonly url: string
  readonly secret: string
  readonly isDryRun: boolean
  readonly settings: RollbackSettings
}

/** Looks at incidents and asks for the rollbacks that are due; `asked`: what an earlier run asked for. */
export function createRollbackHook(
  deps: RollbackHookDeps,
  options: RollbackHookOptions,
  asked: readonly AskedRollback[],
): (incidents: readonly IncidentNews[], changes: readonly Change[]) => Promise<void> {
  const { url, isDryRun, settings } = options
  const signer = new Webhook(options.secret)
  const known = [...asked]

  async function ask(
    { incident, document }: IncidentNews,
    what: { changeId: string; toVersion: string | null },
  ): Promise<void> {
    const nowMs = deps.nowMs()
    const one = { incidentId: incident.id, service: incident.service, atMs: nowMs }
    known.push(one)
    await deps.storeAsked(one)
    const fields = { incident: incident.id, service: incident.service, change: what.changeId }
    if (isDryRun) return deps.log.warn(fields, 'a rollback would be asked for now; notify.rollback.dry_run is on')
    const id = `rbk_${stableHash(incident.id)}`
    const data = {
      service: incident.service,
      env: incident.env,
      change_id: what.changeId,
      to_version: what.toVersion,
      incident: document,
    }
    const sentAt = new Date(nowMs)
    const body = JSON.stringify({ type: 'rollback.requested', timestamp: sentAt.toISOString(), data })
    try {
      await postJson(deps.fetch, 'rollback hook', {
        url,
        body,
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(nowMs / 1000)),
          'webhook-signature': signer.sign(id, sentAt, body),
        },
      })
      deps.log.warn(fields, 'a rollback was asked for')
    } catch (error) {
      deps.log.error({ ...fields, error }, 'a rollback was not asked for: people must see to it')
    }
  }

  return async (incidents, changes) => {
    for (const news of incidents) {
      const decision = decideRollback(news, known, { nowMs: deps.nowMs(), changes, settings })
      if (decision.kind === 'ask') await ask(news, decision)
    }
  }
}
