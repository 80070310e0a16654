import { randomUUID } from 'node:crypto'
import { readJsonMessages } from '../../../shared/bus/json-messages.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { pageRoutes } from '../../../shared/runtime/http-page.ts'
import { createEventLog } from '../../api/core/event-log.ts'
import { recordErrorRatios } from '../../api/io/record-error-ratios.ts'
import { webhookTestsRoutes } from '../../api/io/routes/webhook-tests.ts'
import { webhooksRoutes } from '../../api/io/routes/webhooks.ts'
import { confirmSubscription } from '../../api/io/webhooks/confirm-subscription.ts'
import { apiRoutes } from '../../api/service.ts'
import { recomputeIncident } from '../../correlator/recompute.ts'
import { type CulpritConfig, correlatorSettings, detectorSettings, readWebhooks } from '../config.ts'
import { backUpStore } from '../embedded-files.ts'
import { findPage } from './find-page.ts'
import { createPlannedSilences } from './notifier-extras.ts'
import { createDetectableReader } from './read-detectable.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

/** So many views are read at once; more would only share two processors with what ingest does. */
const QUERIES = 4

export async function runApi(
  { bus, openStore, metrics, nowMs }: LiveDeps,
  config: CulpritConfig,
): Promise<RunningService> {
  const senders = await readWebhooks(config)
  const webhooks = webhooksRoutes({ publish: bus.publish, confirm: confirmSubscription, metrics, nowMs }, senders)
  const store = await openStore(QUERIES)
  recordErrorRatios({ metrics, query: store.query, nowMs })
  const settings = correlatorSettings(config)
  const isEmbedded = config.clickhouse.url === undefined
  const stream = createEventLog(randomUUID())
  await bus.subscribe({
    topic: 'incidents',
    // Every process that streams hears of every incident.
    group: `stream-${randomUUID()}`,
    from: 'newest',
    handle: async (messages) => {
      for (const incident of readJsonMessages(messages, incidentDocumentSchema, () => {}))
        stream.add('incident', incident)
    },
  })
  return {
    routes: [
      ...apiRoutes(
        {
          query: store.query,
          publish: bus.publish,
          nowMs,
          stream,
          recompute: (incident) => recomputeIncident(store, incident, settings),
          plannedSilences: createPlannedSilences(config.notify, nowMs),
          readDetectable: createDetectableReader({ query: store.query, nowMs }, detectorSettings(config)),
          backUp: isEmbedded ? () => backUpStore(config.data_directory) : undefined,
        },
        { envAliases: settings.envAliases, blameAt: settings.blameAt, fineCellsMs: config.retention.cells_10s },
      ),
      webhooks,
      webhookTestsRoutes({ nowMs }, senders),
      pageRoutes(findPage()),
    ],
    stop: () => store.close(),
  }
}
