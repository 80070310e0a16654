import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '../../../shared/bus/bus.ts'
import { readJsonMessages } from '../../../shared/bus/json-messages.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
import { configuredChannels } from '../../notifier/config.ts'
import { readNotices, storeNotices } from '../../notifier/io/notices-table.ts'
import { createNotifier } from '../../notifier/service.ts'
import { type CulpritConfig, notifierSettings } from '../config.ts'
import { openChannels } from './open-channels.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

const GROUP = 'notifier'
const EVERY_FIVE_SECONDS = '*/5 * * * * *'
/** What was said of an incident that lasted longer is not remembered after a start. */
const REMEMBERED_MS = 7 * 24 * 3_600_000

export async function runNotifier(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { bus, log, metrics, nowMs } = deps
  if (configuredChannels(config.notify).length === 0)
    return { routes: [], note: 'nobody is told of incidents: set notify.slack', stop: async () => {} }
  const store = await deps.openStore()
  const countSent = metrics.counter('culprit_notices_sent_total', 'Notices that their channel took.')
  const countLeftOut = metrics.counter('culprit_notifier_messages_left_out_total', 'Messages that could not be read.')
  const notifier = createNotifier(
    {
      storeNotices: (notices) => storeNotices(store, notices, nowMs()),
      channelOf: await openChannels(config.notify, nowMs),
      drawChart: async () => undefined,
      plannedSilences: () => [],
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
      nowMs,
      onSent: ({ length }) => countSent(length),
      log,
    },
    notifierSettings(config),
  )
  notifier.remember({ ...(await readNotices(store, nowMs() - REMEMBERED_MS)), changes: [], silences: [] })
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
    handle: (messages) => notifier.takeChanges(readJsonMessages(messages, changeReportSchema, skip)),
  })
  const schedule = runOnSchedule(EVERY_FIVE_SECONDS, () =>
    notifier
      .tick()
      .catch((error: unknown) => log.error({ error }, 'the notifier could not look; it looks again shortly')),
  )
  return {
    routes: [],
    stopTelling: () => schedule.stop(),
    async stop() {
      await notifier.stop()
      await store.close()
    },
  }
}
