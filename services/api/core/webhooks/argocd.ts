// Bodies are written by a template of the user's: https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook/
// Ours is the application itself, `{{ toJson .app }}`.
import { at, imageVersion, instantAt, listAt, repoOf, textAt, textsAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { envInName, isOver, statusOf, withoutEnv } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const argocd: WebhookSender = {
  name: 'argocd',
  proofs: [bearer, hmac('x-hub-signature-256', 'sha256=')],
  deliveryHeaders: [],
  read: readArgo,
}

function readArgo({ body }: WebhookRequest): WebhookReading {
  const app = typeof at(body, 'app') === 'object' ? at(body, 'app') : body
  return at(app, 'status') === undefined || at(app, 'metadata') === undefined ? readFlat(body) : readApp(app)
}

function readApp(app: unknown): WebhookReading {
  const operation = at(app, 'status', 'operationState')
  const name = textAt(app, 'metadata', 'name')
  const revision =
    textAt(operation, 'syncResult', 'revision') ??
    textsAt(operation, 'syncResult', 'revisions')[0] ??
    textAt(operation, 'operation', 'sync', 'revision') ??
    textAt(app, 'status', 'sync', 'revision')
  const status = statusOf(textAt(operation, 'phase'))
  if (name === undefined || status === undefined) return ignored('no sync of the application is under way or done')
  const startedAtMs = instantAt(operation, 'startedAt')
  const namespace = textAt(app, 'spec', 'destination', 'namespace')
  const label = (key: string) => textAt(app, 'metadata', 'labels', key)
  const images = textsAt(app, 'status', 'summary', 'images')
  const service = label('app.kubernetes.io/name') ?? withoutEnv(name)
  const own = images.filter((image) => image.includes(service ?? name))
  const image = own[0] ?? (images.length === 1 ? images[0] : undefined)
  return told({
    object: `${textAt(app, 'metadata', 'namespace') ?? 'argocd'}/${name}:${textAt(operation, 'startedAt') ?? revision}`,
    kind: wentBack(app, revision) ? 'rollback' : 'deploy',
    status,
    startedAtMs,
    ...(isOver(status) && { finishedAtMs: instantAt(operation, 'finishedAt') }),
    names: {
      app: name,
      project: textAt(app, 'spec', 'project'),
      namespace,
      cluster: textAt(app, 'spec', 'destination', 'name') ?? textAt(app, 'spec', 'destination', 'server'),
      service,
      env: label('environment') ?? label('env') ?? envInName(name, namespace),
    },
    version: imageVersion(image) ?? revision,
    commit: revision,
    title: `sync of ${name}`,
    author: textAt(operation, 'operation', 'initiatedBy', 'username'),
    repo: repoOf(textAt(app, 'spec', 'source', 'repoURL') ?? textAt(listAt(app, 'spec', 'sources')[0], 'repoURL')),
  })
}

/** Its history ends with this sync; the same revision further back, with another one between, is a return to it. */
function wentBack(app: unknown, revision: string | undefined): boolean {
  const revisions = listAt(app, 'status', 'history').map((entry) => textAt(entry, 'revision'))
  const before = revisions.at(-1) === revision ? revisions.slice(0, -1) : revisions
  return revision !== undefined && before.at(-1) !== revision && before.includes(revision)
}

/** What other templates are made of, by the names that the documentation's examples use. */
function readFlat(body: unknown): WebhookReading {
  const name = textAt(body, 'app') ?? textAt(body, 'application') ?? textAt(body, 'name')
  const status = statusOf(textAt(body, 'phase') ?? textAt(body, 'status') ?? textAt(body, 'state'))
  if (name === undefined || status === undefined)
    return ignored('neither an application ({{ toJson .app }}) nor its app and phase')
  const revision = textAt(body, 'revision') ?? textAt(body, 'commit')
  const startedAtMs = instantAt(body, 'startedAt') ?? instantAt(body, 'started_at')
  const namespace = textAt(body, 'namespace')
  return told({
    object: `${namespace ?? 'argocd'}/${name}:${textAt(body, 'startedAt') ?? textAt(body, 'started_at') ?? revision}`,
    kind: 'deploy',
    status,
    startedAtMs,
    ...(isOver(status) && { finishedAtMs: instantAt(body, 'finishedAt') ?? instantAt(body, 'finished_at') }),
    names: {
      app: name,
      project: textAt(body, 'project'),
      namespace,
      service: textAt(body, 'service') ?? withoutEnv(name),
      env: textAt(body, 'env') ?? textAt(body, 'environment') ?? envInName(name, namespace),
    },
    version: textAt(body, 'version') ?? imageVersion(textAt(body, 'image')) ?? revision,
    commit: revision,
    title: `sync of ${name}`,
    author: textAt(body, 'author') ?? textAt(body, 'user'),
    url: textAt(body, 'url'),
    repo: repoOf(textAt(body, 'repo') ?? textAt(body, 'repoURL')),
  })
}
