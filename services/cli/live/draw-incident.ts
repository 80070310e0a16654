import type { Incident } from '../../../shared/domain/incident.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import type { Store } from '../../../shared/store/store.ts'
import { drawChart } from '../../notifier/io/draw-chart.ts'
import { readChanges } from '../../notifier/io/notices-table.ts'
import { type CulpritConfig, correlatorSettings } from '../config.ts'
import { readIncidentView } from '../read-incident-view.ts'

const CHANGES_BEFORE_MS = 2 * 3_600_000

/** The picture of an incident's failing or slow requests, PNG; undefined where it is those that stay away that tell. */
export async function drawIncident(
  store: Pick<Store, 'query'>,
  incident: Incident,
  config: CulpritConfig,
): Promise<Uint8Array | undefined> {
  if (incident.signal === 'traffic_drop') return undefined
  const reports = await readChanges(store, incident.startedAtMs - CHANGES_BEFORE_MS)
  const view = await readIncidentView(store.query, incident, {
    changes: mergeReports(reports, correlatorSettings(config).envAliases),
    blameAt: config.correlation.blame_at,
    log: { fromMs: 0, toMs: incident.updatedAtMs },
    isLive: true,
  })
  return drawChart(view)
}
