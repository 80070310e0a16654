// https://fluxcd.io/flux/components/notification/providers/#generic-webhook and events/
import type { ChangeStatus } from '../../../../shared/domain/change.ts'
import { at, firstLine, instantAt, lastPart, textAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { envInName, isOver, withoutEnv } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const flux: WebhookSender = {
  name: 'flux',
  proofs: [hmac('x-signature', 'sha256='), bearer],
  deliveryHeaders: [],
  read: readFlux,
}

function readFlux({ body }: WebhookRequest): WebhookReading {
  const kind = textAt(body, 'involvedObject', 'kind') ?? 'unknown'
  const name = textAt(body, 'involvedObject', 'name')
  if (!['Kustomization', 'HelmRelease', 'Canary'].includes(kind) || name === undefined)
    return ignored(`events of a ${kind.slice(0, 60)} change nothing that runs`)
  const reason = textAt(body, 'reason') ?? ''
  const message = firstLine(textAt(body, 'message'))
  const status = statusOf(reason, textAt(body, 'severity'))
  if (status === undefined) return ignored(`${reason.slice(0, 60)} changes nothing that runs`)
  const namespace = textAt(body, 'involvedObject', 'namespace')
  const revision = metadataOf(body, 'revision')
  // A release is counted by Helm; a Git revision is never gone back to by the same commit.
  const release = /\brelease \S+\.(v\d+)\b/.exec(message ?? '')?.[1]
  const atMs = instantAt(body, 'timestamp')
  return told({
    object: `${kind}/${namespace}/${name}:${release ?? revision ?? textAt(body, 'timestamp')}`,
    kind: /rollback/i.test(reason) ? 'rollback' : 'deploy',
    status,
    startedAtMs: atMs,
    ...(isOver(status) && { finishedAtMs: atMs }),
    names: {
      name,
      namespace,
      kind,
      cluster: metadataOf(body, 'cluster'),
      service: withoutEnv(name),
      env:
        metadataOf(body, 'env') ??
        metadataOf(body, 'environment') ??
        envInName(name, namespace, metadataOf(body, 'cluster')),
    },
    version: metadataOf(body, 'app-version') ?? shortRevision(revision),
    commit: commitOf(revision),
    title: message ?? `${reason} ${name}`,
  })
}

/** Keys come with the prefix of the controller's group, or without. */
function metadataOf(body: unknown, name: string): string | undefined {
  const metadata = at(body, 'metadata')
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const key = Object.keys(metadata).find((candidate) => lastPart(candidate) === name)
  return key === undefined ? undefined : textAt(metadata, key)
}

function statusOf(reason: string, severity: string | undefined): ChangeStatus | undefined {
  if (severity === 'error' || /Failed$/.test(reason)) return 'failed'
  if (/(?:Succeeded|Finished)$/.test(reason)) return 'succeeded'
  return /^Progressing/.test(reason) ? 'started' : undefined
}

/** `main@sha1:5394cb7f…`, `main/5394cb7f…` (before 2.0) and `6.5.4+sha`. */
function commitOf(revision: string | undefined): string | undefined {
  return /(?:@sha\d+:|\/)([\da-f]{7,64})$/.exec(revision ?? '')?.[1]
}

function shortRevision(revision: string | undefined): string | undefined {
  return commitOf(revision) ?? revision
}
