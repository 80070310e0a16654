import { z } from 'zod'
import type { SilenceWire } from '../../../shared/domain/silence-wire.ts'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { createCronMatcher, nextCronTime } from '../../../shared/runtime/schedule.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { NotifyConfig } from '../../notifier/config.ts'
import { beat } from '../../notifier/heartbeat.ts'
import { readRollbacks, storeRollback } from '../../notifier/io/notices-table.ts'
import { CONFIGURATION, createMaintenance, type MaintenanceWindow, maintenanceId } from '../../notifier/maintenance.ts'
import { createRollbackHook, NO_ROLLBACKS, type RollbackHook } from '../../notifier/rollback-hook.ts'
import { readSecret } from '../read-secret.ts'
import type { LiveDeps } from './running-service.ts'

export function maintenanceWindows({ maintenance }: NotifyConfig): MaintenanceWindow[] {
  return maintenance.map(({ service = null, env = null, cron, time_zone, for: lengthMs, note }) => ({
    service,
    env,
    note,
    lengthMs,
    begins: createCronMatcher(cron, time_zone),
  }))
}

/** Each maintenance window as a silence, for whoever asks what is muted: the one under way, else the next. */
export function createPlannedSilences(config: NotifyConfig, nowMs: () => number): () => SilenceWire[] {
  const { maintenance } = config
  const underWayAt = createMaintenance(maintenanceWindows(config))
  return () => {
    const underWay = underWayAt(nowMs())
    return maintenance.flatMap(({ service = null, env = null, cron, time_zone, for: lengthMs, note }, index) => {
      const id = maintenanceId(index)
      const startsAtMs = underWay.find((silence) => silence.id === id)?.startsAtMs ?? nextCronTime(cron, time_zone)
      if (startsAtMs === undefined) return []
      const starts_at = new Date(startsAtMs).toISOString()
      const ends_at = new Date(startsAtMs + lengthMs).toISOString()
      const given = { id, author: CONFIGURATION, note, env, service, incident_id: null, starts_at, ends_at }
      return [{ ...given, origin: CONFIGURATION }]
    })
  }
}

type Extras = Pick<LiveDeps, 'log' | 'nowMs'> & { readonly store: Store; readonly fetch: GuardedFetch }
const DAY_MS = 24 * 3_600_000

/** What starts rollbacks; without the setting it starts none. */
export async function openRollbackHook(
  { store, fetch, log, nowMs }: Extras,
  { rollback }: NotifyConfig,
): Promise<RollbackHook> {
  const secret = await readSecret(rollback?.secret, rollback?.secret_file)
  if (rollback === undefined || secret === undefined) return NO_ROLLBACKS
  const { mode, probability, severity, services = null, wait, cooldown, daily_max, dry_run } = rollback
  const settings = {
    mode,
    probability,
    severities: severity,
    services,
    waitMs: wait,
    cooldownMs: cooldown,
    dailyMax: daily_max,
  }
  return createRollbackHook(
    { fetch, storeAttempt: (attempt) => storeRollback(store, attempt, nowMs()), nowMs, log },
    { url: rollback.url, secret, isDryRun: dry_run, settings },
    await readRollbacks(store, nowMs() - Math.max(DAY_MS, cooldown)),
  )
}

/** Cells are judged every few seconds; when none was for so long, we see nothing. */
const BLIND_MS = 10 * 60_000

/** Beats from now on until the returned function is called. */
export function startHeartbeat({ store, fetch, log, nowMs }: Extras, config: NotifyConfig): () => void {
  const { heartbeat } = config
  if (heartbeat === undefined) return () => {}
  const startedAtMs = nowMs()
  const problem = async () => {
    const [row] = await store.query(
      z.object({ age_ms: z.coerce.number() }),
      `SELECT {now:Int64} - toUnixTimestamp64Milli(max(updated_at)) AS age_ms FROM checkpoints
       WHERE NOT startsWith(name, 'starting ') HAVING count() > 0`,
      { now: Math.floor(nowMs()) },
    )
    return (row?.age_ms ?? nowMs() - startedAtMs) > BLIND_MS
      ? 'the detector has judged nothing for ten minutes'
      : undefined
  }
  const timer = setInterval(() => void beat({ fetch, problem, log }, heartbeat.url), heartbeat.every)
  return () => clearInterval(timer)
}
