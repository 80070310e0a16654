// Deployments: https://docs.datadoghq.com/api/latest/dora-metrics/send-a-deployment-event/ ; events, posted or by a webhook whose
// body is a template of `$EVENT_TITLE`, `$TAGS`, `$DATE` and `$ID`: https://docs.datadoghq.com/integrations/webhooks/
import { at, imageVersion, instantAt, repoOf, textAt, textsAt } from './payload.ts'
import { bearer } from './proof.ts'
import { kindInText } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const datadog: WebhookSender = {
  name: 'datadog',
  proofs: [{ kind: 'token', header: 'dd-api-key' }, bearer],
  deliveryHeaders: [],
  read: readDatadog,
}

function readDatadog({ body }: WebhookRequest): WebhookReading {
  const deployment = at(body, 'data', 'attributes')
  return textAt(deployment, 'service') === undefined ? readEvent(body) : readDeployment(deployment)
}

function readDeployment(deployment: unknown): WebhookReading {
  const service = textAt(deployment, 'service')
  const env = textAt(deployment, 'env')
  const commit = textAt(deployment, 'git', 'commit_sha')
  const version = textAt(deployment, 'version') ?? commit
  const startedAtMs = instantAt(deployment, 'started_at')
  return told({
    object: `deployment:${textAt(deployment, 'id') ?? `${service}:${env ?? ''}:${version ?? ''}:${startedAtMs ?? ''}`}`,
    kind: 'deploy',
    startedAtMs,
    finishedAtMs: instantAt(deployment, 'finished_at'),
    names: { service, env, team: textAt(deployment, 'team') },
    version,
    commit,
    repo: repoOf(textAt(deployment, 'git', 'repository_url')),
  })
}

function readEvent(body: unknown): WebhookReading {
  const title = textAt(body, 'title') ?? textAt(body, 'event_title')
  const tags = [...textsAt(body, 'tags'), ...(textAt(body, 'tags')?.split(',') ?? [])].map((tag) => tag.trim())
  const tag = (name: string) => tags.find((found) => found.startsWith(`${name}:`))?.slice(name.length + 1)
  const version = tag('version') ?? imageVersion(tag('image'))
  const kind = kindInText(title, ...tags)
  if (title === undefined || (kind === 'other' && version === undefined))
    return ignored(
      'an event counts if its title or tags speak of a deploy, a release, a flag, a configuration or the like',
    )
  const date = ['date_happened', 'date', 'timestamp']
    .map((name) => instantAt(body, name))
    .find((found) => found !== undefined)
  const id = textAt(body, 'id') ?? textAt(body, 'aggregation_key')
  return told({
    object: `event:${id ?? `${title}:${date ?? ''}`}`,
    isOneOfMany: id === undefined && date === undefined,
    kind: kind === 'other' ? 'deploy' : kind,
    startedAtMs: date,
    names: { service: tag('service'), env: tag('env'), team: tag('team') },
    version,
    title,
    author: tag('author') ?? tag('user'),
    url: textAt(body, 'url') ?? textAt(body, 'link'),
    commit: tag('git.commit.sha'),
  })
}
