import { incidentToWire } from '../../shared/domain/incident-wire.ts'
import type { ReplayFindings, ReplaySummary } from './replay-result.ts'

/** What `culprit replay --json` prints: one document, with the names of the public contract. */
export function toReplayDocument({ summary, incidents }: ReplayFindings) {
  return {
    summary: { ...summaryToWire(summary), incidents: incidents.length, elapsed_s: summary.elapsedMs / 1_000 },
    incidents: incidents.map(incidentToWire),
  }
}

function summaryToWire({ lines, parsed, rejected, events, requests, services, series, fromMs, toMs }: ReplaySummary) {
  return { lines, parsed, rejected, events, requests, from: rfc3339(fromMs), to: rfc3339(toMs), services, series }
}

function rfc3339(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}
