// https://github.com/cdevents/spec, continuous-deployment.md and core.md
import { at, instantAt, lastPart, textAt } from './payload.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import { ignored, told, type WebhookReading } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export function isCdEvent(event: unknown): boolean {
  return textAt(event, 'context', 'type')?.startsWith('dev.cdevents.') === true && at(event, 'subject') !== undefined
}

/** `dev.cdevents.service.deployed.0.3.0`: its subject and what became of it. */
export function readCdEvent(event: unknown, settings: SenderSettings): WebhookReading {
  const [, subject = '', predicate = ''] =
    /^dev\.cdevents\.([a-z]+)\.([a-z]+)/.exec(textAt(event, 'context', 'type') ?? '') ?? []
  switch (subject) {
    case 'service':
      return readService(event, predicate)
    case 'environment':
      return readEnvironment(event, predicate)
    case 'pipelinerun':
    case 'taskrun':
      return readRun(event, { subject, predicate }, settings)
    default:
      return ignored(`${subject} ${predicate} events are no changes of what runs`)
  }
}

function readService(event: unknown, predicate: string): WebhookReading {
  if (!['deployed', 'upgraded', 'rolledback', 'removed'].includes(predicate))
    return ignored(`a service that is ${predicate} runs as before`)
  const id = textAt(event, 'subject', 'id')
  const environment = textAt(event, 'subject', 'content', 'environment', 'id')
  const atMs = instantAt(event, 'context', 'timestamp')
  const service = lastPart(id)
  const verb = predicate === 'rolledback' ? 'rolled back' : predicate
  return told({
    object: `${textAt(event, 'subject', 'source') ?? textAt(event, 'context', 'source') ?? ''}#${textAt(event, 'context', 'id') ?? id}`,
    kind: predicate === 'rolledback' ? 'rollback' : 'deploy',
    startedAtMs: atMs,
    finishedAtMs: atMs,
    names: { id, environment, service, env: envInName(environment) ?? lastPart(environment) },
    version: predicate === 'removed' ? undefined : versionOf(textAt(event, 'subject', 'content', 'artifactId')),
    title: `${service} ${verb}`,
  })
}

/** A package URL's tag says more than its digest: https://github.com/package-url/purl-spec */
function versionOf(purl: string | undefined): string | undefined {
  const tag = /[?&]tag=([^&#]+)/.exec(purl ?? '')?.[1]
  const version = /@([^?#]+)/.exec(purl ?? '')?.[1]
  return decode(tag ?? version)
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return text
  }
}

function readEnvironment(event: unknown, predicate: string): WebhookReading {
  if (predicate !== 'modified') return ignored(`an environment that is ${predicate} changes nothing that runs`)
  const name = textAt(event, 'subject', 'content', 'name') ?? lastPart(textAt(event, 'subject', 'id'))
  const atMs = instantAt(event, 'context', 'timestamp')
  return told({
    object: `${textAt(event, 'context', 'source') ?? ''}#${textAt(event, 'context', 'id') ?? name}`,
    kind: 'infra',
    startedAtMs: atMs,
    names: { environment: name, env: envInName(name) ?? name },
    title: `environment ${name} modified`,
    url: textAt(event, 'subject', 'content', 'url') ?? textAt(event, 'subject', 'content', 'uri'),
  })
}

function readRun(
  event: unknown,
  { subject, predicate }: { readonly subject: string; readonly predicate: string },
  settings: SenderSettings,
): WebhookReading {
  const content = (name: string) => textAt(event, 'subject', 'content', name)
  const name = content('pipelineName') ?? content('taskName')
  const other = notADeploy({ sender: 'cdevents', names: [name] }, settings)
  if (other !== undefined) return other
  const status = statusOf(predicate === 'finished' ? (content('outcome') ?? 'succeeded') : predicate)
  const id = textAt(event, 'subject', 'id')
  if (status === undefined || id === undefined) return ignored(`a run that is ${predicate} deploys nothing`)
  const atMs = instantAt(event, 'context', 'timestamp')
  return told({
    object: `${textAt(event, 'subject', 'source') ?? textAt(event, 'context', 'source') ?? ''}#${subject}:${id}`,
    kind: saysRollback(name) ? 'rollback' : 'deploy',
    status,
    startedAtMs: atMs,
    ...(isOver(status) && { finishedAtMs: atMs }),
    names: {
      pipeline: name,
      service: name?.replace(/^deploy[-_ ]|[-_ ](?:deploy|release)$/gi, ''),
      env: envInName(name),
    },
    title: name,
    url: content('url') ?? content('uri'),
  })
}
