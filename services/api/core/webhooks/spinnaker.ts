// Echo's events to REST endpoints: https://spinnaker.io/docs/setup/other_config/features/notifications/#add-a-generic-webhook-to-spinnaker
import { imageVersion, instantAt, listAt, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export const spinnaker: WebhookSender = {
  name: 'spinnaker',
  proofs: [bearer],
  deliveryHeaders: [],
  read: readSpinnaker,
}

const PHASES: Readonly<Record<string, string>> = {
  'orca:pipeline:starting': 'started',
  'orca:pipeline:complete': 'succeeded',
  'orca:pipeline:failed': 'failed',
}
const DEPLOYING_STAGE = /^(?:deploy|rollback|undoRollout|patchManifest|rollingRestart|resizeServerGroup)/

function readSpinnaker({ body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const type = textAt(body, 'details', 'type') ?? 'unknown'
  const phase = Object.hasOwn(PHASES, type) ? PHASES[type] : undefined
  if (phase === undefined) return ignored(`${type.slice(0, 60)} events are no changes of what runs`)
  const execution = (...path: readonly string[]) => textAt(body, 'content', 'execution', ...path)
  const name = execution('name')
  const stages = listAt(body, 'content', 'execution', 'stages')
  const deploying = stages.filter((stage) => DEPLOYING_STAGE.test(textAt(stage, 'type') ?? ''))
  const other = deploying.length > 0 ? undefined : notADeploy({ sender: 'spinnaker', names: [name] }, settings)
  if (other !== undefined) return other
  const status = statusOf(execution('status')) ?? statusOf(phase)
  const id = execution('id') ?? textAt(body, 'content', 'executionId')
  if (status === undefined || id === undefined) return ignored('the execution has no id or status')
  const artifacts = listAt(body, 'content', 'execution', 'trigger', 'artifacts')
  const image = artifacts.find((artifact) => /image/.test(textAt(artifact, 'type') ?? ''))
  const account = deploying.map((stage) => textAt(stage, 'context', 'account')).find((found) => found !== undefined)
  const application = execution('application') ?? textAt(body, 'details', 'application')
  return told({
    object: `execution:${id}`,
    kind: saysRollback(name) ? 'rollback' : 'deploy',
    status,
    startedAtMs:
      instantAt(body, 'content', 'execution', 'startTime') ?? instantAt(body, 'content', 'execution', 'buildTime'),
    ...(isOver(status) && { finishedAtMs: instantAt(body, 'content', 'execution', 'endTime') }),
    names: { application, pipeline: name, account, service: application, env: envInName(account, name) },
    version:
      textAt(image, 'version') ??
      imageVersion(textAt(image, 'reference')) ??
      execution('trigger', 'parameters', 'version'),
    title: name,
    author: execution('trigger', 'user') ?? execution('authentication', 'user'),
  })
}
