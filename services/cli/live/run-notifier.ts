import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '../../../shared/bus/bus.ts'
import { readJsonMessages, toJsonMessage } from '../../../shared/bus/json-messages.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { type Command, commandSchema } from '../../../shared/domain/command.ts'
import type { EnvAliases } from '../../../shared/domain/env-aliases.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
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
import { openChannels } from './open-channels.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

const GROUP = 'notifier'
const EVERY_FIVE_SECONDS = '*/5 * * * * *'
/** What was said of an incident that lasted longer is not remembered after a start. */
const REMEMBERED_MS = 7 * 24 * 3_600_000

export async function runNotifier(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { log, metrics, nowMs } = deps
  const store = await deps.openStore()
  const countSent = metrics.counter('culprit_notices_sent_total', 'Notices that their channel took.')
  metrics.gauge(
    'culprit_notices_waiting_seconds',
    'How long the oldest notice waits that its channel has not taken yet.',
    async () => (nowMs() - ((await readOldestDue(store)) ?? nowMs())) / 1000,
  )
  const channels = await openChannels(config.notify, nowMs)
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
      onSent: ({ length }) => countSent(length),
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
  await listen(deps, { notifier, teller, envAliases })
  const stopHeartbeat = startHeartbeat(extras, config.notify)
  const schedule = runOnSchedule(EVERY_FIVE_SECONDS, () =>
    notifier
      .tick()
      .catch((error: unknown) => log.error({ error }, 'the notifier could not look; it looks again shortly')),
  )
  const isIdle = configuredChannels(config.notify).length === 0
  return {
    routes: await openInteractions(deps, config),
    ...(isIdle && { note: 'nobody is told of incidents: set notify.slack or another channel' }),
    async stopTelling() {
      stopHeartbeat()
      await schedule.stop()
    },
    async stop() {
      await notifier.stop()
      await teller.stop()
      await store.close()
    },
  }
}

const sleepUnless = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {})

interface Listeners {
  readonly notifier: Notifier
  readonly teller: ChangeTeller
  readonly envAliases: EnvAliases
}

async function listen({ bus, log, metrics }: LiveDeps, { notifier, teller, envAliases }: Listeners): Promise<void> {
  const countLeftOut = metrics.counter('culprit_notifier_messages_left_out_total', 'Messages that could not be read.')
  const skip = ({ key }: Message, reason: string) => {
    countLeftOut()
    log.error({ key, reason }, 'a message was left out: not readable')
  }
  await bus.subscribe({
    topic: 'incidents',
    group: GROUP,
    handle: (messages) => notifier.takeIncidents(readJsonMessages(messages, incidentDocumentSchema, skip)),
  })
  await bus.subscribe({
    topic: 'changes',
    group: GROUP,
    async handle(messages) {
      const reports = readJsonMessages(messages, changeReportSchema, skip)
      await notifier.takeChanges(reports)
      teller.take(mergeReports(reports, envAliases))
    },
  })
  await bus.subscribe({
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
