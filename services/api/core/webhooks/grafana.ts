// Annotations, as tools post them to Grafana: https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
import { at, instantAt, textAt, textsAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { kindInText } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const grafana: WebhookSender = {
  name: 'grafana',
  proofs: [hmac('x-grafana-alerting-signature'), bearer],
  deliveryHeaders: [],
  read: readGrafana,
}

function readGrafana({ body }: WebhookRequest): WebhookReading {
  const text = textAt(body, 'text') ?? textAt(body, 'what')
  if (at(body, 'alerts') !== undefined || text === undefined) return ignored('only annotations are changes')
  const tags = [...textsAt(body, 'tags'), ...(textAt(body, 'tags')?.split(/[\s,]+/) ?? [])]
  const tag = (name: string) => tags.find((found) => new RegExp(`^${name}[:=]`).test(found))?.slice(name.length + 1)
  const version = tag('version')
  const kind = kindInText(text, ...tags)
  if (kind === 'other' && version === undefined)
    return ignored(
      'an annotation counts if its text or tags speak of a deploy, a release, a flag, a configuration or the like',
    )
  const startedAtMs = instantAt(body, 'time') ?? instantAt(body, 'when')
  const id = textAt(body, 'id') ?? textAt(body, 'annotationId')
  const plain = text.replace(/<[^>]{0,200}>/g, '')
  return told({
    object: `annotation:${id ?? `${startedAtMs ?? ''}:${plain}`}`,
    isOneOfMany: id === undefined && startedAtMs === undefined,
    kind: kind === 'other' ? 'deploy' : kind,
    startedAtMs,
    finishedAtMs: instantAt(body, 'timeEnd'),
    names: {
      dashboard: textAt(body, 'dashboardUID'),
      service: tag('service') ?? tag('app'),
      env: tag('env') ?? tag('environment'),
    },
    version,
    title: plain,
    author: textAt(body, 'login') ?? tag('author'),
    url: textAt(body, 'url'),
  })
}
