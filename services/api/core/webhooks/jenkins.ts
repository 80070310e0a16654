// The Notification plugin, https://plugins.jenkins.io/notification/, and others that send a build's job, URL and result.
import { cleanUrl } from '../../../../shared/domain/clean-text.ts'
import { at, instantAt, lastPart, numberAt, repoOf, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf, withoutEnv } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export const jenkins: WebhookSender = { name: 'jenkins', proofs: [bearer], deliveryHeaders: [], read: readJenkins }

function readJenkins({ body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const build = at(body, 'build') ?? body
  const url = cleanUrl(textAt(build, 'full_url') ?? textAt(build, 'url') ?? textAt(body, 'buildUrl'))
  const job =
    /\/job\/(.+?)\/\d+\/?$/.exec(url ?? '')?.[1]?.replaceAll('/job/', '/') ??
    textAt(body, 'fullJobName') ??
    textAt(body, 'jobName') ??
    textAt(body, 'name')
  const number = textAt(build, 'number') ?? lastPart(url)
  if (job === undefined || number === undefined) return ignored('no build of a job is named')
  const other = notADeploy({ sender: 'jenkins', names: [job] }, settings)
  if (other !== undefined) return other
  const phase = (textAt(build, 'phase') ?? textAt(body, 'eventType') ?? '').toLowerCase()
  if (phase === 'queued') return ignored('a build that waits deploys nothing')
  // In the first phase the result is that of the build before.
  const word = phase === 'started' ? 'started' : (textAt(build, 'status') ?? textAt(body, 'result') ?? phase)
  const status = statusOf(word)
  if (status === undefined) return ignored(`a build that is ${word.slice(0, 40)} deploys nothing`)
  const startedAtMs = instantAt(build, 'timestamp') ?? instantAt(body, 'startTime')
  const durationMs = numberAt(build, 'duration')
  const finishedAtMs =
    durationMs === undefined || startedAtMs === undefined ? instantAt(body, 'endTime') : startedAtMs + durationMs
  const parameter = (...names: readonly string[]) => parameterOf(build, names) ?? parameterOf(body, names)
  const name = lastPart(job)
  const commit = textAt(build, 'scm', 'commit') ?? textAt(body, 'scmInfo', 'commit')
  const env = parameter('ENVIRONMENT', 'ENV', 'DEPLOY_ENV', 'TARGET_ENV', 'TARGET_ENVIRONMENT')
  return told({
    object: `${job}:${number}`,
    kind: saysRollback(job) ? 'rollback' : 'deploy',
    status,
    startedAtMs,
    ...(isOver(status) && { finishedAtMs }),
    names: {
      job,
      name,
      repo: repoOf(textAt(build, 'scm', 'url')),
      branch: textAt(build, 'scm', 'branch'),
      service: parameter('SERVICE', 'SERVICE_NAME', 'APP', 'APP_NAME', 'APPLICATION') ?? serviceOfJob(job),
      env: env ?? envInName(job),
    },
    version: parameter('VERSION', 'RELEASE', 'TAG', 'IMAGE_TAG', 'APP_VERSION') ?? commit ?? `#${number}`,
    commit,
    title: `${job} #${number}`,
    author: textAt(body, 'startedUsername'),
    url,
    repo: repoOf(textAt(build, 'scm', 'url')),
  })
}

/** Parameters hold secrets: only those with these names are ever looked at. */
function parameterOf(build: unknown, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = textAt(build, 'parameters', name) ?? textAt(build, 'parameters', name.toLowerCase())
    if (value !== undefined) return value
  }
  return undefined
}

/** `deploy-checkout-prod` and `checkout/deploy` deploy checkout. */
function serviceOfJob(job: string): string | undefined {
  const parts = job.split('/').toReversed()
  const names = parts.map((part) =>
    withoutEnv(part)?.replace(/(?:^|[-_. ])(?:deploy(?:ment)?|release|rollout|rollback|promote)(?=$|[-_. ])/gi, ''),
  )
  return names
    .map((name) => name?.replace(/^[-_. ]+|[-_. ]+$/g, ''))
    .find((name) => name !== undefined && name !== '' && envInName(name) === undefined)
}
