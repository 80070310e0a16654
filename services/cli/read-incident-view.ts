import type { Change } from '../../shared/domain/change.ts'
import { countedRequests } from '../../shared/domain/counted-requests.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import { chooseChartWindow, drawnSubject } from '../../shared/faces/incident-chart.ts'
import { drawnChanges, drawnOtherServices, type IncidentView } from '../../shared/faces/incident-view.ts'
import type { Store } from '../../shared/store/store.ts'
import { readChart } from './read-chart.ts'

/** Reads from the store what the faces draw of an incident. `log`: what there is to draw, epoch ms. */
export async function readIncidentView(
  query: Store['query'],
  incident: Incident,
  of: {
    readonly changes: readonly Change[]
    readonly blameAt: number
    readonly log: { readonly fromMs: number; readonly toMs: number }
    readonly isLive: boolean
  },
): Promise<IncidentView> {
  const window = chooseChartWindow(incident, of.log)
  const chart = await readChart(query, {
    counted: countedRequests(incident),
    env: incident.env,
    subject: drawnSubject(incident),
    otherServices: drawnOtherServices(incident),
    window,
  })
  const { blameAt, isLive } = of
  return { incident, chart, changes: drawnChanges(incident, of.changes, window), blameAt, isLive }
}
