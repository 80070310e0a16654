// Change events, as tools send them to PagerDuty: https://developer.pagerduty.com/docs/send-change-event
import { at, instantAt, listAt, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { kindInText } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const pagerduty: WebhookSender = {
  name: 'pagerduty',
  // A client of theirs says who it is by its routing key: let that be the secret.
  proofs: [{ kind: 'member', member: 'routing_key' }, bearer],
  deliveryHeaders: [],
  read: readPagerDuty,
}

function readPagerDuty({ body }: WebhookRequest): WebhookReading {
  const summary = textAt(body, 'payload', 'summary')
  if (summary === undefined || at(body, 'event_action') !== undefined) return ignored('this is no change event')
  const timestamp = textAt(body, 'payload', 'timestamp')
  const source = textAt(body, 'payload', 'source')
  const detail = (...names: readonly string[]) =>
    names.map((name) => textAt(body, 'payload', 'custom_details', name)).find((found) => found !== undefined)
  const version = detail('version', 'release', 'tag', 'revision', 'commit', 'sha')
  const kind = kindInText(summary)
  return told({
    object: `${source ?? ''}:${timestamp ?? ''}:${summary}`,
    isOneOfMany: timestamp === undefined,
    kind: kind === 'other' && version !== undefined ? 'deploy' : kind,
    startedAtMs: instantAt(body, 'payload', 'timestamp'),
    names: {
      source,
      service: detail('service', 'app', 'application', 'component') ?? source,
      env: detail('env', 'environment'),
    },
    version,
    title: summary,
    author: detail('user', 'author', 'deployer'),
    url: textAt(listAt(body, 'links')[0], 'href'),
    repo: detail('repo', 'repository'),
  })
}
