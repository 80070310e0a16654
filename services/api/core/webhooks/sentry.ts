// Releases and deploys, as `sentry-cli` and plugins tell Sentry of them: https://docs.sentry.io/api/releases/create-a-deploy/
// Sentry's own webhooks have no event of deploys: https://docs.sentry.io/integrations/integration-platform/webhooks/
import { at, instantAt, lastPart, listAt, textAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const sentry: WebhookSender = {
  name: 'sentry',
  proofs: [hmac('sentry-hook-signature'), bearer],
  deliveryHeaders: ['request-id'],
  read: readSentry,
}

function readSentry({ headers, body }: WebhookRequest): WebhookReading {
  const resource = headers['sentry-hook-resource'] ?? 'release'
  if (!['release', 'deploy'].includes(resource))
    return ignored(`${resource.slice(0, 60)} events are no changes of what runs`)
  const data = at(body, 'data') ?? body
  const release = at(data, 'release')
  const deploy = at(data, 'deploy') ?? data
  const version =
    typeof release === 'object' ? textAt(release, 'version') : (textAt(data, 'release') ?? textAt(data, 'version'))
  const env = textAt(deploy, 'environment')
  if (version === undefined) return ignored('no release is told of')
  const project =
    textAt(listAt(data, 'projects')[0]) ??
    textAt(listAt(data, 'projects')[0], 'slug') ??
    textAt(release, 'project') ??
    textAt(listAt(release, 'projects')[0], 'slug')
  const startedAtMs =
    instantAt(deploy, 'dateStarted') ?? instantAt(data, 'dateReleased') ?? instantAt(data, 'dateCreated')
  const finishedAtMs = instantAt(deploy, 'dateFinished')
  // A release's version is often `package@1.2.3+build`.
  const [, name, number] = /^([\w.-]+)@(.+)$/.exec(version) ?? []
  return told({
    object: `${project ?? name ?? ''}:${version}:${env ?? ''}:${textAt(deploy, 'id') ?? textAt(deploy, 'dateStarted') ?? textAt(deploy, 'dateFinished') ?? ''}`,
    kind: 'deploy',
    startedAtMs: startedAtMs ?? finishedAtMs,
    finishedAtMs,
    names: { project, package: name, env, service: project ?? name },
    version: number ?? version,
    title: textAt(deploy, 'name') ?? `release ${version}`,
    url: textAt(deploy, 'url') ?? textAt(data, 'url'),
    commit: textAt(data, 'ref'),
    repo: lastPart(textAt(listAt(data, 'refs')[0], 'repository'), ' '),
  })
}
