// What forwards the cluster's own news: a watch (`{type, object}` or the object itself), the API server's audit webhook
// (`EventList` of audit.k8s.io), an exporter of events (`Event`, with `involvedObject`), and kubewatch.
import { readObject } from './kubernetes-objects.ts'
import { at, instantAt, listAt, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { envInName } from './runs.ts'
import {
  ignored,
  type ToldChange,
  told,
  type WebhookReading,
  type WebhookRequest,
  type WebhookSender,
} from './sender.ts'

export const kubernetes: WebhookSender = {
  name: 'kubernetes',
  proofs: [bearer],
  deliveryHeaders: [],
  read: readKubernetes,
}

const ITEMS_MAX = 1_000

function readKubernetes({ body }: WebhookRequest): WebhookReading {
  if (textAt(body, 'kind') === 'EventList') return readAudit(listAt(body, 'items').slice(0, ITEMS_MAX))
  if (at(body, 'involvedObject') !== undefined || at(body, 'regarding') !== undefined) return readEvent(body)
  if (at(body, 'eventmeta') !== undefined) return readKubewatch(body)
  const type = textAt(body, 'type') ?? 'MODIFIED'
  return readObject(at(body, 'object') ?? body, { isGone: type === 'DELETED' })
}

const WRITES = new Set(['create', 'update', 'patch', 'delete'])
const KINDS: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
}
/** The cluster's own controllers write status and annotations all the time. */
const ITSELF = /^system:(?:node|kube|apiserver|serviceaccount:kube-system:)/

function readAudit(items: readonly unknown[]): WebhookReading {
  const changes = items.flatMap((item): readonly ToldChange[] => {
    const resource = textAt(item, 'objectRef', 'resource') ?? ''
    const subresource = textAt(item, 'objectRef', 'subresource')
    const kind = Object.hasOwn(KINDS, resource) ? KINDS[resource] : undefined
    const user = textAt(item, 'user', 'username')
    const isDone =
      textAt(item, 'stage') === 'ResponseComplete' && Number(textAt(item, 'responseStatus', 'code') ?? 200) < 300
    if (kind === undefined || !isDone || !WRITES.has(textAt(item, 'verb') ?? '') || ITSELF.test(user ?? '')) return []
    const atMs = instantAt(item, 'requestReceivedTimestamp') ?? instantAt(item, 'stageTimestamp')
    const [namespace, name] = [textAt(item, 'objectRef', 'namespace'), textAt(item, 'objectRef', 'name')]
    if (subresource === 'scale')
      return [scaled({ namespace, name, atMs, object: `audit:${textAt(item, 'auditID')}`, author: user })]
    if (subresource !== undefined) return []
    const response = at(item, 'responseObject') ?? at(item, 'requestObject')
    const isGone = textAt(item, 'verb') === 'delete'
    const known = { kind, metadata: { name, namespace }, ...(typeof response === 'object' ? response : undefined) }
    const read = readObject(isGone ? { kind, metadata: { name, namespace } } : known, { isGone, atMs, author: user })
    return read.kind === 'told' ? read.changes : []
  })
  return changes.length === 0 ? ignored('nothing that runs was written to') : told(...changes)
}

/** Of the news of a deployment's replica sets only a new one, scaled up from nothing, is a rollout. */
function readEvent(body: unknown): WebhookReading {
  const about = at(body, 'involvedObject') ?? at(body, 'regarding')
  const reason = textAt(body, 'reason') ?? 'unknown'
  const message = textAt(body, 'message') ?? textAt(body, 'note') ?? ''
  const [namespace, name] = [textAt(about, 'namespace'), textAt(about, 'name')]
  const atMs = ['firstTimestamp', 'eventTime', 'lastTimestamp', 'deprecatedFirstTimestamp']
    .map((key) => instantAt(body, key))
    .find((found) => found !== undefined)
  if (reason === 'ScalingReplicaSet') {
    const [, replicaSet] = /^Scaled up replica set (\S{1,253}) (?:from 0 )?to \d+(?: from 0|$)/.exec(message) ?? []
    if (replicaSet === undefined)
      return ignored('a replica set that grows or shrinks is part of a rollout or of scaling')
    return told({
      object: `${namespace}/${name}:${replicaSet}`,
      kind: 'deploy',
      status: 'started',
      startedAtMs: atMs,
      names: { namespace, name, kind: 'Deployment', service: labelled(about) ?? name, env: envInName(namespace) },
      title: `rollout of ${name}, replica set ${replicaSet}`,
    })
  }
  if (reason === 'SuccessfulRescale')
    return told(scaled({ namespace, name, atMs, object: `${namespace}/${name}:rescale:${atMs}`, title: message }))
  return ignored(`${reason.slice(0, 60)} events are no changes of what runs`)
}

function labelled(about: unknown): string | undefined {
  return textAt(about, 'labels', 'app.kubernetes.io/name') ?? textAt(about, 'labels', 'app')
}

function scaled(of: {
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly atMs: number | undefined
  readonly object: string
  readonly title?: string
  readonly author?: string | undefined
}): ToldChange {
  const { namespace, name, atMs, object, title, author } = of
  return {
    object,
    kind: 'scale',
    startedAtMs: atMs,
    names: { namespace, name, service: name, env: envInName(namespace) },
    title: title === undefined ? `${name} scaled` : `${name}: ${title}`,
    author,
  }
}

/** It tells of an object's name alone. */
function readKubewatch(body: unknown): WebhookReading {
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => textAt(body, 'eventmeta', key))
  const known = Object.values(KINDS).find((candidate) => candidate.toLowerCase() === kind?.toLowerCase())
  const time = textAt(body, 'time')
  const read = readObject(
    { kind: known ?? kind, metadata: { name, namespace, resourceVersion: time } },
    { isGone: textAt(body, 'eventmeta', 'reason') === 'deleted', atMs: instantAt(body, 'time') },
  )
  return read
}
