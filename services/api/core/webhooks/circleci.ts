// https://circleci.com/docs/reference/outbound-webhooks-reference/
import { firstLine, instantAt, lastPart, repoOf, textAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export const circleci: WebhookSender = {
  name: 'circleci',
  proofs: [hmac('circleci-signature', 'v1='), bearer],
  deliveryHeaders: [],
  read: readCircle,
}

/** It tells only of what is completed: of workflows, and of jobs in them. */
function readCircle({ headers, body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const type = textAt(body, 'type') ?? headers['circleci-event-type'] ?? 'unknown'
  if (type !== 'workflow-completed' && type !== 'job-completed')
    return ignored(`${type.slice(0, 60)} events are no changes of what runs`)
  const what = type === 'job-completed' ? 'job' : 'workflow'
  const name = textAt(body, what, 'name')
  const other = notADeploy({ sender: 'circleci', names: [name] }, settings)
  if (other !== undefined) return other
  const workflow = textAt(body, 'workflow', 'name')
  // Both would tell of one deploy.
  if (what === 'job' && notADeploy({ sender: 'circleci', names: [workflow] }, settings) === undefined)
    return ignored(`its workflow ${workflow?.slice(0, 60)} is told of as a whole`)
  const word = textAt(body, what, 'status')
  const status = statusOf(word)
  const id = textAt(body, what, 'id')
  if (status === undefined || !isOver(status) || id === undefined)
    return ignored(`a ${what} that is ${word?.slice(0, 40)} deploys nothing`)
  const project = textAt(body, 'project', 'name')
  const commit =
    textAt(body, 'pipeline', 'vcs', 'revision') ?? textAt(body, 'pipeline', 'trigger_parameters', 'git', 'checkout_sha')
  const tag = textAt(body, 'pipeline', 'vcs', 'tag')
  const finishedAtMs = instantAt(body, what, 'stopped_at') ?? instantAt(body, 'happened_at')
  return told({
    object: `${what}:${id}`,
    kind: saysRollback(name) ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, what, 'started_at') ?? instantAt(body, what, 'created_at'),
    finishedAtMs,
    names: {
      project,
      slug: textAt(body, 'project', 'slug'),
      workflow,
      job: textAt(body, 'job', 'name'),
      branch: textAt(body, 'pipeline', 'vcs', 'branch'),
      service: project ?? lastPart(textAt(body, 'project', 'slug')),
      env: envInName(name, workflow),
    },
    version: tag ?? commit,
    commit,
    title: firstLine(textAt(body, 'pipeline', 'vcs', 'commit', 'subject')) ?? name,
    author: textAt(body, 'pipeline', 'vcs', 'commit', 'author', 'name') ?? textAt(body, 'pipeline', 'trigger', 'type'),
    url: textAt(body, 'workflow', 'url'),
    repo: repoOf(textAt(body, 'pipeline', 'vcs', 'target_repository_url')),
  })
}
