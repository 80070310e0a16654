// Triggers through SNS: https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-sns-event-notifications-json-format.html
// Events through EventBridge, of CodeDeploy and of ECS' own deployments.
import { at, instantAt, lastPart, textAt, textsAt } from './payload.ts'
import { bearer } from './proof.ts'
import { envInName, isOver, saysRollback, statusOf, withoutEnv } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const codedeploy: WebhookSender = {
  name: 'codedeploy',
  proofs: [bearer],
  deliveryHeaders: ['x-amz-sns-message-id'],
  read: readAws,
}

function readAws({ headers, body }: WebhookRequest): WebhookReading {
  const type = textAt(body, 'Type') ?? headers['x-amz-sns-message-type']
  if (type === 'SubscriptionConfirmation') {
    const url = textAt(body, 'SubscribeURL') ?? ''
    return isConfirmation(url) ? { kind: 'confirm', url } : ignored('the address to confirm at is not one of SNS')
  }
  if (type === 'UnsubscribeConfirmation') return ignored('the subscription has ended')
  const message = textAt(body, 'Message')
  const inner = type === 'Notification' && message !== undefined ? parse(message) : body
  if (at(inner, 'detail') !== undefined) return readEvent(inner)
  return readTrigger(inner)
}

/** Only SNS itself is ever asked to confirm: whoever knows the secret must not make us ask anybody else. */
function isConfirmation(address: string): boolean {
  return (
    /^https:\/\/sns\.[a-z\d-]{1,40}\.amazonaws\.com(?:\.cn)?\/\?[\w%&=.:~+/-]*$/.test(address) &&
    address.includes('Action=ConfirmSubscription')
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readTrigger(message: unknown): WebhookReading {
  const deployment = textAt(message, 'deploymentId')
  const word = textAt(message, 'status')
  const status = statusOf(word) ?? (word === 'CREATED' ? 'started' : undefined)
  if (deployment === undefined || status === undefined) return ignored('no deployment is told of')
  return describe({
    deployment,
    status,
    application: textAt(message, 'applicationName'),
    group: textAt(message, 'deploymentGroupName'),
    region: textAt(message, 'region'),
    startedAtMs: instantAt(message, 'createTime'),
    finishedAtMs: instantAt(message, 'completeTime'),
    isRollback: saysRollback(textAt(message, 'eventTriggerName')) || hasContent(textAt(message, 'rollbackInformation')),
  })
}

function hasContent(json: string | undefined): boolean {
  return json !== undefined && json !== '{}'
}

function readEvent(event: unknown): WebhookReading {
  const atMs = instantAt(event, 'time')
  const word =
    textAt(event, 'detail', 'state') ?? textAt(event, 'detail', 'eventName')?.replace('SERVICE_DEPLOYMENT_', '')
  const status = statusOf(word)
  const deployment = textAt(event, 'detail', 'deploymentId')
  const source = textAt(event, 'source') ?? 'unknown'
  if (!['aws.codedeploy', 'aws.ecs'].includes(source) || status === undefined || deployment === undefined)
    return ignored(`${textAt(event, 'detail-type')?.slice(0, 80) ?? source.slice(0, 60)} changes nothing that runs`)
  const service = textsAt(event, 'resources').find((arn) => arn.includes(':service/'))
  return describe({
    deployment: lastPart(deployment) ?? deployment,
    status,
    application: textAt(event, 'detail', 'application') ?? lastPart(service),
    group: textAt(event, 'detail', 'deploymentGroup') ?? service?.split('/').at(-2),
    region: textAt(event, 'detail', 'region') ?? textAt(event, 'region'),
    startedAtMs: atMs,
    finishedAtMs: atMs,
    isRollback: /rollback/i.test(textAt(event, 'detail', 'deploymentType') ?? ''),
  })
}

function describe(of: {
  readonly deployment: string
  readonly status: 'started' | 'succeeded' | 'failed' | 'cancelled'
  readonly application: string | undefined
  readonly group: string | undefined
  readonly region: string | undefined
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
  readonly isRollback: boolean
}): WebhookReading {
  const { deployment, application, group, region, status } = of
  return told({
    object: `${deployment}`,
    kind: of.isRollback ? 'rollback' : 'deploy',
    status,
    startedAtMs: of.startedAtMs,
    ...(isOver(status) && { finishedAtMs: of.finishedAtMs }),
    names: { application, group, region, service: withoutEnv(application), env: envInName(group, application) },
    title: `${application} to ${group ?? 'its deployment group'}, ${deployment}`,
  })
}
