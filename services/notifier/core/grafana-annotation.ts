import type { Change } from '../../../shared/domain/change.ts'
import { changeNameAndAuthor } from '../../../shared/faces/change-words.ts'
import { type IncidentMessage, sayFirstCause } from './incident-message.ts'

/** What Grafana marks on its charts. Its text may be HTML, so names are escaped. */
export interface GrafanaAnnotation {
  readonly time: number
  readonly timeEnd?: number
  readonly tags: readonly string[]
  readonly text: string
}

export function toGrafanaAnnotation(message: IncidentMessage): GrafanaAnnotation {
  return {
    time: message.startedAtMs,
    ...(message.endedAtMs !== null && { timeEnd: message.endedAtMs }),
    tags: ['culprit', 'incident', message.severity, `service:${message.service}`, `env:${message.env}`],
    text: escapeHtml(`${message.headline}${sayFirstCause(message)}`),
  }
}

export function toGrafanaChange(change: Change): GrafanaAnnotation {
  return {
    time: change.startedAtMs,
    ...(change.finishedAtMs !== undefined && { timeEnd: change.finishedAtMs }),
    tags: ['culprit', 'change', change.kind, `service:${change.service ?? 'platform'}`, `env:${change.env}`],
    text: escapeHtml(changeNameAndAuthor(change, '')),
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
