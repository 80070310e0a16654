import type { Change } from '../domain/change.ts'
import type { Incident } from '../domain/incident.ts'
import type { ChartWindow, IncidentChart } from './incident-chart.ts'

/** All that a face needs to show one incident. */
export interface IncidentView {
  readonly incident: Incident
  readonly chart: IncidentChart
  /** Every change of the incident's chart and every one that it names, in time order. */
  readonly changes: readonly Change[]
  /** A suspect at least this probable is blamed, one below only listed. */
  readonly blameAt: number
  /** Whether it is told as it happens, not from a log that has an end. */
  readonly isLive: boolean
}

const OTHER_SERVICES_MAX = 4

/** Whether one change, rather than something else or nothing clear, is to blame. */
export function isExplainedByChange(view: IncidentView): boolean {
  return view.incident.suspects.some((suspect) => suspect.probability >= view.blameAt)
}

/** The other services that the fault hit most. */
export function drawnOtherServices({ service, affected }: Incident): string[] {
  const others = affected.filter((series) => series.service !== service).toSorted((a, b) => b.errors - a.errors)
  return [...new Set(others.map((series) => series.service))].slice(0, OTHER_SERVICES_MAX)
}

/** The changes inside the window and those that the incident names, in time order. */
export function drawnChanges(incident: Incident, changes: readonly Change[], window: ChartWindow): Change[] {
  const named = new Set([...incident.suspects, ...incident.cleared].map(({ changeId }) => changeId))
  return changes
    .filter(
      ({ id, env, startedAtMs }) =>
        named.has(id) || (env === incident.env && startedAtMs >= window.fromMs && startedAtMs < window.toMs),
    )
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
}
