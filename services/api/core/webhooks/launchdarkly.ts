// A webhook's payload is an audit log entry: https://launchdarkly.com/docs/api/webhooks
import { at, instantAt, listAt, textAt, textsAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const launchdarkly: WebhookSender = {
  name: 'launchdarkly',
  proofs: [hmac('x-ld-signature'), bearer],
  deliveryHeaders: [],
  read: readLaunchDarkly,
}

function readLaunchDarkly({ body }: WebhookRequest): WebhookReading {
  const kind = textAt(body, 'kind') ?? 'unknown'
  if (kind !== 'flag' && kind !== 'segment') return ignored(`a changed ${kind.slice(0, 60)} changes nothing that runs`)
  const resources = [
    ...listAt(body, 'accesses').map((access) => textAt(access, 'resource')),
    ...textsAt(body, 'target', 'resources'),
  ]
  // What is changed for all environments is its name, its tags and the like.
  const resource = resources.find((name) => name !== undefined && /:env\/[^:*]+/.test(name))
  const id = textAt(body, '_id')
  if (resource === undefined || id === undefined) return ignored('no environment is touched')
  const part = (name: string) => new RegExp(`(?:^|:)${name}/([^:;]+)`).exec(resource)?.[1]
  const [env, flag] = [part('env'), part('flag') ?? part('segment') ?? textAt(body, 'name')]
  const isOn = (version: string) => (env === undefined ? undefined : at(body, version, 'environments', env, 'on'))
  const [before, after] = [isOn('previousVersion'), isOn('currentVersion')]
  const actions = listAt(body, 'accesses').map((access) => textAt(access, 'action') ?? '')
  const turned = typeof after === 'boolean' && (after !== before || actions.includes('updateOn'))
  const verb = textAt(body, 'titleVerb')
  const project = part('proj')
  return told({
    object: `entry:${id}`,
    kind: 'feature_flag',
    startedAtMs: instantAt(body, 'date'),
    finishedAtMs: instantAt(body, 'date'),
    names: { project, flag, env },
    title: turned ? `${kind} ${flag} ${after ? 'on' : 'off'}` : `${kind} ${flag}: ${verb ?? actions[0] ?? 'changed'}`,
    author: textAt(body, 'member', 'email') ?? textAt(body, 'member', '_id') ?? textAt(body, 'token', 'name'),
    url:
      project === undefined || env === undefined || kind !== 'flag'
        ? undefined
        : `https://app.launchdarkly.com/${project}/${env}/features/${flag}`,
  })
}
