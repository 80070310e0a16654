import type { Severity } from '../../../shared/domain/incident.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import type { IncidentMessage } from './incident-message.ts'
import { toPlainLines } from './message-lines.ts'
import type { Notice } from './notice.ts'

const PRIORITIES: Readonly<Record<Severity, string>> = { critical: 'P1', major: 'P2', minor: 'P3' }
const MESSAGE_LENGTH = 120
const DESCRIPTION_LENGTH = 14_000

/** A call of Opsgenie's alert interface. */
export interface OpsgenieCall {
  /** Under the interface's address. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Makes, acknowledges or closes the alert that stands for the incident. Source: docs.opsgenie.com/docs/alert-api */
export function toOpsgenieCall(message: IncidentMessage, notices: readonly Notice[]): OpsgenieCall | undefined {
  const last = notices.at(-1)
  if (last === undefined || (last.reason === 'over' && last.told.count === 1)) return undefined
  const known = `/v2/alerts/${encodeURIComponent(message.incidentId)}`
  const note = { source: 'Culprit', note: last.text }
  if (message.standing === 'over' || message.standing === 'merged')
    return { path: `${known}/close?identifierType=alias`, body: note }
  if (last.reason === 'acknowledged') return { path: `${known}/acknowledge?identifierType=alias`, body: note }
  return {
    path: '/v2/alerts',
    body: {
      alias: message.incidentId,
      message: shorten(message.headline, MESSAGE_LENGTH),
      description: toPlainLines(message).join('\n').slice(0, DESCRIPTION_LENGTH),
      priority: PRIORITIES[message.severity],
      entity: message.service,
      source: 'Culprit',
      tags: [message.env, message.severity],
    },
  }
}
