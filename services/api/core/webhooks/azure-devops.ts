// https://learn.microsoft.com/en-us/azure/devops/service-hooks/events
import { at, instantAt, lastPart, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export const azureDevops: WebhookSender = {
  name: 'azure-devops',
  proofs: [bearer],
  deliveryHeaders: [],
  read: readAzure,
}

function readAzure({ body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const event = textAt(body, 'eventType') ?? 'unknown'
  switch (event) {
    case 'ms.vss-release.deployment-started-event':
    case 'ms.vss-release.deployment-completed-event':
      return readRelease(body, event.includes('started'))
    case 'ms.vss-pipelines.stage-state-changed-event':
      return readStage(body, settings)
    case 'ms.vss-pipelines.run-state-changed-event':
      return readRun(body, settings)
    case 'build.complete':
      return readBuild(body, settings)
    default:
      return ignored(`${event.slice(0, 80)} events are no changes of what runs`)
  }
}

function readRelease(body: unknown, isStart: boolean): WebhookReading {
  const environment = at(body, 'resource', 'environment')
  const deployment = at(body, 'resource', 'deployment')
  const name = textAt(environment, 'name')
  const release =
    textAt(environment, 'releaseId') ?? textAt(body, 'resource', 'release', 'id') ?? textAt(deployment, 'release', 'id')
  const status = isStart ? 'started' : statusOf(textAt(environment, 'status') ?? textAt(deployment, 'deploymentStatus'))
  if (release === undefined || status === undefined) return ignored('the deployment has no release or status')
  const definition = textAt(environment, 'releaseDefinition', 'name') ?? textAt(deployment, 'releaseDefinition', 'name')
  const version =
    textAt(environment, 'release', 'name') ??
    textAt(body, 'resource', 'release', 'name') ??
    textAt(deployment, 'release', 'name')
  const atMs = instantAt(body, 'createdDate')
  return told({
    object: `${projectOf(body)}:release:${release}:${textAt(environment, 'id') ?? name}`,
    kind: 'deploy',
    status,
    startedAtMs: instantAt(deployment, 'startedOn') ?? atMs,
    ...(isOver(status) && { finishedAtMs: instantAt(deployment, 'completedOn') ?? atMs }),
    names: {
      project: projectOf(body),
      definition,
      environment: name,
      service: definition ?? projectOf(body),
      env: envInName(name) ?? name,
    },
    version,
    title: textAt(body, 'message', 'text'),
    author: textAt(environment, 'owner', 'displayName') ?? textAt(deployment, 'requestedBy', 'displayName'),
    url: textAt(environment, 'release', '_links', 'web', 'href') ?? textAt(body, 'resource', 'url'),
  })
}

function readStage(body: unknown, settings: SenderSettings): WebhookReading {
  const stage = textAt(body, 'resource', 'stage', 'displayName') ?? textAt(body, 'resource', 'stage', 'name')
  const pipeline = textAt(body, 'resource', 'pipeline', 'name')
  // Stages are often called after the environment that they deploy to.
  const other =
    envInName(stage) === undefined ? notADeploy({ sender: 'azure_devops', names: [stage] }, settings) : undefined
  if (other !== undefined) return other
  const status = statusOf(textAt(body, 'resource', 'stage', 'result') ?? textAt(body, 'resource', 'stage', 'state'))
  const run = textAt(body, 'resource', 'run', 'id')
  if (status === undefined || run === undefined) return ignored('the stage has not begun')
  const atMs = instantAt(body, 'createdDate')
  return told({
    object: `${projectOf(body)}:run:${run}:${textAt(body, 'resource', 'stage', 'name') ?? stage}`,
    kind: saysRollback(stage, pipeline) ? 'rollback' : 'deploy',
    status,
    startedAtMs: atMs,
    ...(isOver(status) && { finishedAtMs: atMs }),
    names: { project: projectOf(body), pipeline, stage, service: pipeline, env: envInName(stage) },
    version: textAt(body, 'resource', 'run', 'name'),
    title: textAt(body, 'message', 'text'),
    url: textAt(body, 'resource', 'run', '_links', 'web', 'href'),
  })
}

function readRun(body: unknown, settings: SenderSettings): WebhookReading {
  const pipeline = textAt(body, 'resource', 'pipeline', 'name')
  const other = notADeploy({ sender: 'azure_devops', names: [pipeline] }, settings)
  if (other !== undefined) return other
  const status = statusOf(textAt(body, 'resource', 'run', 'result') ?? textAt(body, 'resource', 'run', 'state'))
  const run = textAt(body, 'resource', 'run', 'id')
  if (status === undefined || run === undefined) return ignored('the run has not begun')
  return told({
    object: `${projectOf(body)}:run:${run}`,
    kind: saysRollback(pipeline) ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, 'resource', 'run', 'createdDate'),
    ...(isOver(status) && { finishedAtMs: instantAt(body, 'resource', 'run', 'finishedDate') }),
    names: { project: projectOf(body), pipeline, service: pipeline, env: envInName(pipeline) },
    version: textAt(body, 'resource', 'run', 'name'),
    title: textAt(body, 'message', 'text'),
    url: textAt(body, 'resource', 'run', '_links', 'web', 'href'),
  })
}

function readBuild(body: unknown, settings: SenderSettings): WebhookReading {
  const definition = textAt(body, 'resource', 'definition', 'name')
  const other = notADeploy({ sender: 'azure_devops', names: [definition] }, settings)
  if (other !== undefined) return other
  const status = statusOf(textAt(body, 'resource', 'result') ?? textAt(body, 'resource', 'status'))
  const id = textAt(body, 'resource', 'id')
  if (status === undefined || id === undefined) return ignored('the build has no id or result')
  const commit = lastPart(
    textAt(body, 'resource', 'sourceVersion') ?? textAt(body, 'resource', 'sourceGetVersion'),
    ':',
  )
  return told({
    object: `${projectOf(body)}:run:${id}`,
    kind: saysRollback(definition) ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, 'resource', 'startTime'),
    finishedAtMs: instantAt(body, 'resource', 'finishTime'),
    names: { project: projectOf(body), pipeline: definition, service: definition, env: envInName(definition) },
    version: textAt(body, 'resource', 'buildNumber'),
    commit,
    title: textAt(body, 'message', 'text'),
    author: textAt(body, 'resource', 'requestedFor', 'displayName'),
    url: textAt(body, 'resource', '_links', 'web', 'href') ?? textAt(body, 'resource', 'url'),
  })
}

function projectOf(body: unknown): string | undefined {
  return (
    textAt(body, 'resource', 'project', 'name') ??
    textAt(body, 'resourceContainers', 'project', 'id') ??
    textAt(body, 'resource', 'projectId')
  )
}
