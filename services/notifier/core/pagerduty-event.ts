import type { Change } from '../../../shared/domain/change.ts'
import type { Severity } from '../../../shared/domain/incident.ts'
import { changeNameAndAuthor } from '../../../shared/faces/change-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { type IncidentMessage, sayFirstCause, webAddress } from './incident-message.ts'
import { toPlainLines } from './message-lines.ts'
import type { Notice } from './notice.ts'

const SEVERITIES: Readonly<Record<Severity, string>> = { critical: 'critical', major: 'error', minor: 'warning' }
const SUMMARY_LENGTH = 900

/**
 * An event of PagerDuty's Events API v2: triggers, acknowledges or resolves the alert that stands for the incident; undefined
 * where it has nothing to do with what is new. Source: developer.pagerduty.com/docs/events-api-v2
 */
export function toPagerDutyEvent(
  message: IncidentMessage,
  notices: readonly Notice[],
  routingKey: string,
): Readonly<Record<string, unknown>> | undefined {
  const action = chooseAction(message, notices)
  if (action === undefined) return undefined
  const event = { routing_key: routingKey, event_action: action, dedup_key: message.incidentId }
  if (action !== 'trigger') return event
  return {
    ...event,
    client: 'Culprit',
    ...(message.links[0] !== undefined && { client_url: message.links[0].url }),
    links: message.links.map(({ label, url }) => ({ href: url, text: label })),
    payload: {
      summary: shorten(`${message.headline}${sayFirstCause(message)}`, SUMMARY_LENGTH),
      source: message.service,
      component: message.service,
      group: message.env,
      severity: SEVERITIES[message.severity],
      timestamp: new Date(message.startedAtMs).toISOString(),
      custom_details: { what: toPlainLines(message) },
    },
  }
}

/** A change event: shown beside the incidents of the same service, alerting nobody. */
export function toPagerDutyChange(change: Change, routingKey: string): Readonly<Record<string, unknown>> {
  const href = webAddress(change.url)
  return {
    routing_key: routingKey,
    payload: {
      summary: shorten(changeNameAndAuthor(change, ''), SUMMARY_LENGTH),
      source: change.service ?? 'platform',
      timestamp: new Date(change.startedAtMs).toISOString(),
      custom_details: { env: change.env, kind: change.kind, version: change.version ?? '', status: change.status },
    },
    links: href === null ? [] : [{ href, text: 'The change' }],
  }
}

function chooseAction(
  { standing }: IncidentMessage,
  notices: readonly Notice[],
): 'trigger' | 'acknowledge' | 'resolve' | undefined {
  const last = notices.at(-1)
  // What was over before anybody could be told wakes nobody.
  if (last === undefined || (last.reason === 'over' && last.told.count === 1)) return undefined
  if (standing === 'over' || standing === 'merged') return 'resolve'
  return last.reason === 'acknowledged' ? 'acknowledge' : 'trigger'
}
