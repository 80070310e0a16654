import type { ChangeStatus } from '../../../../shared/domain/change.ts'
import { at, imageVersion, instantAt, listAt, textAt } from './payload.ts'
import { envInName, isOver } from './runs.ts'
import { ignored, told, type WebhookReading } from './sender.ts'

/** What is known of a write besides the object as it is after it. */
interface Write {
  readonly isGone: boolean
  readonly atMs?: number | undefined
  readonly author?: string | undefined
}

/** What a workload, a ConfigMap or a Secret as it now is tells. Of what is in the latter two nothing is looked at. */
export function readObject(object: unknown, write: Write): WebhookReading {
  const kind = textAt(object, 'kind') ?? 'unknown'
  if (textAt(object, 'metadata', 'name') === undefined) return ignored('no object of the cluster is named')
  if (/^kube-/.test(textAt(object, 'metadata', 'namespace') ?? ''))
    return ignored("the cluster's own namespaces change by themselves")
  if (['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'].includes(kind)) return readWorkload(object, kind, write)
  if (kind === 'ConfigMap' || kind === 'Secret') return readConfig(object, kind, write)
  return ignored(`a ${kind.slice(0, 60)} changes nothing that runs`)
}

function readWorkload(object: unknown, kind: string, { isGone, atMs, author }: Write): WebhookReading {
  const names = namesOf(object, kind)
  const template = at(object, 'spec', 'template')
  const containers = listAt(template, 'spec', 'containers')
  const own = containers.find((container) => textAt(container, 'name') === names.name) ?? containers[0]
  const version =
    textAt(template, 'metadata', 'labels', 'app.kubernetes.io/version') ??
    textAt(template, 'metadata', 'labels', 'version') ??
    imageVersion(textAt(own, 'image'))
  // A deployment counts its rollouts; the others name the revision that they go to.
  const rollout =
    textAt(object, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') ??
    textAt(object, 'metadata', 'annotations', 'rollout.argoproj.io/revision') ??
    textAt(object, 'status', 'updateRevision') ??
    textAt(object, 'metadata', 'generation')
  const { status, sinceMs } = isGone ? { status: 'succeeded' as const, sinceMs: atMs } : progressOf(object)
  const startedAtMs = atMs ?? sinceMs
  return told({
    object: `${names.namespace}/${kind}/${names.name}:${isGone ? `gone:${textAt(object, 'metadata', 'uid')}` : (rollout ?? version ?? sinceMs)}`,
    isOneOfMany: !isGone && rollout === undefined && version === undefined && sinceMs === undefined,
    kind: 'deploy',
    status,
    startedAtMs,
    ...(isOver(status) && { finishedAtMs: sinceMs }),
    names,
    version,
    title: isGone ? `${names.name} deleted` : `rollout of ${names.name}${version === undefined ? '' : `, ${version}`}`,
    author,
  })
}

/** How far a rollout is, by the condition that a deployment keeps of it, else by its counts. */
function progressOf(object: unknown): { readonly status: ChangeStatus; readonly sinceMs: number | undefined } {
  const condition = listAt(object, 'status', 'conditions').find((found) => textAt(found, 'type') === 'Progressing')
  const reason = textAt(condition, 'reason')
  const sinceMs = instantAt(condition, 'lastUpdateTime') ?? instantAt(condition, 'lastTransitionTime')
  const observed = at(object, 'status', 'observedGeneration') === at(object, 'metadata', 'generation')
  if (observed && reason === 'NewReplicaSetAvailable') return { status: 'succeeded', sinceMs }
  if (observed && reason === 'ProgressDeadlineExceeded') return { status: 'failed', sinceMs }
  if (condition !== undefined || at(object, 'status') === undefined) return { status: 'started', sinceMs: undefined }
  const wanted = at(object, 'spec', 'replicas') ?? at(object, 'status', 'desiredNumberScheduled')
  const updated = at(object, 'status', 'updatedReplicas') ?? at(object, 'status', 'updatedNumberScheduled')
  return {
    status: observed && wanted !== undefined && wanted === updated ? 'succeeded' : 'started',
    sinceMs: undefined,
  }
}

const NOT_SETTINGS =
  /^(?:kube-root-ca\.crt|sh\.helm\.release\.|istio-ca-root-cert$)|-(?:token-[a-z\d]{5}|tls|leader(?:-election)?)$/
const NOT_SETTINGS_TYPES = /^(?:helm\.sh\/|kubernetes\.io\/(?:service-account-token|dockercfg|dockerconfigjson|tls))/

function readConfig(object: unknown, kind: string, { isGone, atMs, author }: Write): WebhookReading {
  const names = namesOf(object, kind)
  const isSetting =
    !NOT_SETTINGS.test(names.name ?? '') &&
    !NOT_SETTINGS_TYPES.test(textAt(object, 'type') ?? '') &&
    textAt(object, 'metadata', 'annotations', 'control-plane.alpha.kubernetes.io/leader') === undefined
  if (!isSetting) return ignored(`${kind} ${names.name} is not what somebody sets`)
  const written = listAt(object, 'metadata', 'managedFields').map((field) => instantAt(field, 'time') ?? 0)
  const writtenAtMs = Math.max(0, ...written) || instantAt(object, 'metadata', 'creationTimestamp')
  const resourceVersion = textAt(object, 'metadata', 'resourceVersion')
  return told({
    object: `${names.namespace}/${kind}/${names.name}:${resourceVersion ?? ''}${isGone ? 'gone' : ''}`,
    isOneOfMany: resourceVersion === undefined,
    kind: 'config',
    startedAtMs: atMs ?? (isGone ? undefined : writtenAtMs),
    names: { ...names, service: labelOf(object) ?? names.name?.replace(SETTINGS_SUFFIX, '') },
    title: `${kind} ${names.name} ${isGone ? 'deleted' : 'changed'}`,
    author,
  })
}

const SETTINGS_SUFFIX = /[-_.](?:config(?:map)?|cm|env|secrets?|settings|credentials)$/

function namesOf(object: unknown, kind: string) {
  const name = textAt(object, 'metadata', 'name')
  const namespace = textAt(object, 'metadata', 'namespace')
  const env = textAt(object, 'metadata', 'labels', 'env') ?? textAt(object, 'metadata', 'labels', 'environment')
  return { name, namespace, kind, service: labelOf(object) ?? name, env: env ?? envInName(namespace) }
}

function labelOf(object: unknown): string | undefined {
  return textAt(object, 'metadata', 'labels', 'app.kubernetes.io/name') ?? textAt(object, 'metadata', 'labels', 'app')
}
