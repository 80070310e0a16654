// https://buildkite.com/docs/apis/webhooks/pipelines
import { firstLine, instantAt, repoOf, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export const buildkite: WebhookSender = {
  name: 'buildkite',
  proofs: [
    { kind: 'stamped', header: 'x-buildkite-signature' },
    { kind: 'token', header: 'x-buildkite-token' },
    bearer,
  ],
  deliveryHeaders: [],
  read: readBuildkite,
}

function readBuildkite({ headers, body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const event = textAt(body, 'event') ?? headers['x-buildkite-event'] ?? 'unknown'
  if (
    !['build.running', 'build.started', 'build.finished', 'build.failing', 'job.started', 'job.finished'].includes(
      event,
    )
  )
    return ignored(`${event.slice(0, 60)} events are no changes of what runs`)
  const what = event.startsWith('job.') ? 'job' : 'build'
  const pipeline = textAt(body, 'pipeline', 'slug') ?? textAt(body, 'pipeline', 'name')
  const name = what === 'job' ? textAt(body, 'job', 'name') : (textAt(body, 'pipeline', 'name') ?? pipeline)
  const other = notADeploy({ sender: 'buildkite', names: [name, what === 'job' ? undefined : pipeline] }, settings)
  if (other !== undefined) return other
  if (what === 'job' && notADeploy({ sender: 'buildkite', names: [pipeline] }, settings) === undefined)
    return ignored(`its pipeline ${pipeline?.slice(0, 60)} is told of as a whole`)
  const word = textAt(body, what, 'state')
  const status = statusOf(word)
  const id = textAt(body, what, 'id')
  if (status === undefined || id === undefined)
    return ignored(`a ${what} that is ${word?.slice(0, 40)} deploys nothing`)
  const commit = textAt(body, 'build', 'commit')
  return told({
    object: `${what}:${id}`,
    kind: saysRollback(name, pipeline) ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, what, 'started_at'),
    ...(isOver(status) && { finishedAtMs: instantAt(body, what, 'finished_at') }),
    names: {
      pipeline,
      job: textAt(body, 'job', 'name'),
      branch: textAt(body, 'build', 'branch'),
      repo: repoOf(textAt(body, 'pipeline', 'repository')),
      service: pipeline?.replace(/^deploy-|-(?:deploy|release)$/g, ''),
      env: textAt(body, 'build', 'meta_data', 'environment') ?? envInName(name, pipeline),
    },
    version:
      textAt(body, 'build', 'tag') ??
      textAt(body, 'build', 'meta_data', 'version') ??
      (commit === 'HEAD' ? undefined : commit),
    commit: commit === 'HEAD' ? undefined : commit,
    title: firstLine(textAt(body, 'build', 'message')),
    author: textAt(body, 'build', 'creator', 'name') ?? textAt(body, 'sender', 'name'),
    url: textAt(body, what, 'web_url') ?? textAt(body, 'build', 'web_url'),
    repo: repoOf(textAt(body, 'pipeline', 'repository')),
  })
}
