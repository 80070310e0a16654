import { pageRoutes } from '../../../shared/runtime/http-page.ts'
import { webhooksRoutes } from '../../api/io/routes/webhooks.ts'
import { confirmSubscription } from '../../api/io/webhooks/confirm-subscription.ts'
import { apiRoutes } from '../../api/service.ts'
import { recomputeIncident } from '../../correlator/recompute.ts'
import { type CulpritConfig, correlatorSettings, readWebhooks } from '../config.ts'
import { findPage } from './find-page.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

export async function runApi(
  { bus, openStore, metrics, nowMs }: LiveDeps,
  config: CulpritConfig,
): Promise<RunningService> {
  const webhooks = webhooksRoutes(
    { publish: bus.publish, confirm: confirmSubscription, metrics, nowMs },
    await readWebhooks(config),
  )
  const store = await openStore()
  const settings = correlatorSettings(config)
  return {
    routes: [
      ...apiRoutes(
        {
          query: store.query,
          publish: bus.publish,
          nowMs,
          recompute: (incident) => recomputeIncident(store, incident, settings),
          readDetectable: async () => [],
        },
        { envAliases: settings.envAliases, blameAt: settings.blameAt, fineCellsMs: config.retention.cells_10s },
      ),
      webhooks,
      pageRoutes(findPage()),
    ],
    stop: () => store.close(),
  }
}
