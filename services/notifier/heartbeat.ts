import type { GuardedFetch } from '../../shared/runtime/guarded-fetch.ts'
import type { Log } from '../../shared/runtime/log.ts'

export interface HeartbeatDeps {
  readonly fetch: GuardedFetch
  /** Why we are blind; undefined while we see. */
  readonly problem: () => Promise<string | undefined>
  readonly log: Log
}

/** Tells a dead-man switch that we see; when we do not, we say nothing, and it alarms. */
export async function beat({ fetch, problem, log }: HeartbeatDeps, url: string): Promise<void> {
  const blind = await problem().catch(() => 'the store does not answer')
  if (blind !== undefined) return log.error({ because: blind }, 'no heartbeat: we are blind')
  try {
    const response = await fetch(url, { method: 'POST' })
    if (!response.ok) log.warn({ status: response.status }, 'the heartbeat was refused')
  } catch (error) {
    log.warn({ error }, 'the heartbeat did not arrive')
  }
}
