import type { IncidentCommand } from '../../../shared/domain/command.ts'
import type { IncidentDocument } from '../../../shared/domain/incident-wire.ts'

/** What people say beyond this of one incident is not kept. */
export const SAID_MAX = 100

/**
 * An incident with what people said about it. Resolved by a person it stays resolved until another of its series begins
 * to fail; `newestSpikeAt` is when the last one was seen to, RFC 3339.
 */
export function withPeople(
  incident: IncidentDocument,
  said: readonly IncidentCommand[],
  newestSpikeAt: string,
): IncidentDocument {
  if (said.length === 0) return incident
  const timeline = said.toSorted((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id))
  const acknowledged = timeline.find(({ kind }) => kind === 'acknowledge')
  const resolved = timeline.findLast(({ kind, at }) => kind === 'resolve' && at >= newestSpikeAt)
  const updated_at = timeline.reduce((newest, { at }) => later(newest, at), incident.updated_at)
  return {
    ...incident,
    ...stateOf(incident, acknowledged, resolved),
    updated_at,
    ...(acknowledged !== undefined && { acknowledged_at: acknowledged.at, acknowledged_by: acknowledged.author }),
    timeline,
  }
}

function stateOf(
  { state, resolved_at }: IncidentDocument,
  acknowledged: IncidentCommand | undefined,
  resolved: IncidentCommand | undefined,
): Pick<IncidentDocument, 'state' | 'resolved_at'> {
  if (resolved_at !== null) return { state, resolved_at }
  if (resolved !== undefined) return { state: 'resolved', resolved_at: resolved.at }
  return { state: acknowledged === undefined ? state : 'acknowledged', resolved_at }
}

function later(one: string, other: string): string {
  return one > other ? one : other
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
