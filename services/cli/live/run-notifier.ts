import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus, Message } from '../../../shared/bus/bus.ts'
import { readJsonMessages, toJsonMessage } from '../../../shared/bus/json-messages.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { type Command, commandSchema } from '../../../shared/domain/command.ts'
import type { EnvAliases } from '../../../shared/domain/env-aliases.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
import type { Store } from '../../../shared/store/store.ts'
import { configuredChannels } from '../../notifier/config.ts'
import { readChanges, readNotices, readOldestDue, storeNotices } from '../../notifier/io/notices-table.ts'
import { readSilences, storeSilences } from '../../notifier/io/silences-table.ts'
import { slackInteractions } from '../../notifier/io/slack-interactions.ts'
import { createMaintenance } from '../../notifier/maintenance.ts'
import { createNotifier, type Notifier } from '../../notifier/service.ts'
import { type ChangeTeller, createChangeTeller } from '../../notifier/tell-changes.ts'
import { type CulpritConfig, correlatorSettings, notifierSettings } from '../config.ts'
import { readSecret } from '../read-secret.ts'
import { drawIncident } from './draw-incident.ts'
import { maintenanceWindows, openRollbackHook, startHeartbeat } from './notifier-extras.ts'
import { type OpenChannels, openChannels } from './open-channels.ts'
import { type LoneWork, runAlone } from './run-alone.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

const GROUP = 'notifier'
const EVERY_FIVE_SECONDS = '*/5 * * * * *'
/** What was said of an incident that lasted longer is not remembered after a start. */
const REMEMBERED_MS = 7 * 24 * 3_600_000

export async function runNotifier(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { metrics, nowMs } = deps
  const store = await deps.openStore()
  const counts = {
    sent: metrics.counter('culprit_notices_sent_total', 'Notices that their channel took.'),
    leftOut: metrics.counter('culprit_notifier_messages_left_out_total', 'Messages that could not be read.'),
  }
  metrics.gauge(
    'culprit_notices_waiting_seconds',
    'How long the oldest notice waits that its channel has not taken yet.',
    async () => (nowMs() - ((await readOldestDue(store)) ?? nowMs())) / 1000,
  )
  const channels = await openChannels(config.notify, nowMs)
  const parts = { store, channels, config, counts }
  const notifier = await runAlone(deps, {
    work: GROUP,
    gauge: 'culprit_notifier_active',
    begin: (subscribe) => beginTelling({ ...deps, subscribe }, parts),
  })
  const isIdle = configuredChannels(config.notify).length === 0
  return {
    routes: await openInteractions(deps, config),
    ...(isIdle && { note: 'nobody is told of incidents: set notify.slack or another channel' }),
    stopTelling: () => notifier.stop(),
    stop: () => store.close(),
  }
}

interface NotifierParts {
  readonly store: Store
  readonly channels: OpenChannels
  readonly config: CulpritConfig
  readonly counts: { readonly sent: (notices: number) => void; readonly leftOut: () => void }
}

type Listening = Pick<LiveDeps, 'log' | 'nowMs'> & Pick<Bus, 'subscribe'>

async function beginTelling(deps: Listening, parts: NotifierParts): Promise<LoneWork> {
  const { log, nowMs } = deps
  const { store, channels, config, counts } = parts
  const extras = { store, fetch: channels.fetch, log, nowMs }
  const notifier = createNotifier(
    {
      storeNotices: (notices) => storeNotices(store, notices, nowMs()),
      storeSilences: (silences) => storeSilences(store, silences, nowMs()),
      channelOf: channels.channelOf,
      drawChart: (incident) => drawIncident(store, incident, config),
      plannedSilences: createMaintenance(maintenanceWindows(config.notify)),
      sleep: sleepUnless,
      nowMs,
      onSent: ({ length }) => counts.sent(length),
      rollbacks: await openRollbackHook(extras, config.notify),
      log,
    },
    notifierSettings(config),
  )
  const sinceMs = nowMs() - REMEMBERED_MS
  const { envAliases } = correlatorSettings(config)
  notifier.remember({
    ...(await readNotices(store, sinceMs)),
    changes: mergeReports(await readChanges(store, sinceMs), envAliases),
    silences: await readSilences(store, nowMs()),
  })
  const teller = createChangeTeller({ sinks: channels.changeSinks, sleep: sleepUnless, nowMs, log })
  await listen(deps, { notifier, teller, envAliases, countLeftOut: counts.leftOut })
  const stopHeartbeat = startHeartbeat(extras, config.notify)
  const schedule = runOnSchedule(EVERY_FIVE_SECONDS, () =>
    notifier
      .tick()
      .catch((error: unknown) => log.error({ error }, 'the notifier could not look; it looks again shortly')),
  )
  return {
    async stop() {
      stopHeartbeat()
      await schedule.stop()
      await notifier.stop()
      await teller.stop()
    },
  }
}

const sleepUnless = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {})

interface Listeners {
  readonly notifier: Notifier
  readonly teller: ChangeTeller
  readonly envAliases: EnvAliases
  readonly countLeftOut: () => void
}

async function listen(
  { subscribe, log }: Listening,
  { notifier, teller, envAliases, countLeftOut }: Listeners,
): Promise<void> {
  const skip = ({ key }: Message, reason: string) => {
    countLeftOut()
    log.error({ key, reason }, 'a message was left out: not readable')
  }
  await subscribe({
    topic: 'incidents',
    group: GROUP,
    handle: (messages) => notifier.takeIncidents(readJsonMessages(messages, incidentDocumentSchema, skip)),
  })
  await subscribe({
    topic: 'changes',
    group: GROUP,
    async handle(messages) {
      const reports = readJsonMessages(messages, changeReportSchema, skip)
      await notifier.takeChanges(reports)
      teller.take(mergeReports(reports, envAliases))
    },
  })
  await subscribe({
    topic: 'commands',
    group: GROUP,
    handle: (messages) => notifier.takeCommands(readJsonMessages(messages, commandSchema, skip)),
  })
}

async function openInteractions({ bus, nowMs }: LiveDeps, { notify }: CulpritConfig): Promise<HttpRoutes[]> {
  const secrets = await readSecret(notify.slack?.signing_secret, notify.slack?.signing_secret_file)
  if (secrets === undefined) return []
  const publish = (command: Command) => bus.publish('commands', [toJsonMessage(aboutOf(command), command)])
  return [
    slackInteractions(
      { publish, nowMs, sleep: (ms) => sleep(ms) },
      secrets.split(/\s+/).filter((one) => one !== ''),
    ),
  ]
}

function aboutOf(command: Command): string {
  return 'incident_id' in command ? (command.incident_id ?? command.id) : command.id
}
