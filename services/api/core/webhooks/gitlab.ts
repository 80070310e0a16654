// https://docs.gitlab.com/user/project/integrations/webhook_events/
import { at, firstLine, instantAt, lastPart, listAt, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { isOver, saysRollback, statusOf } from './runs.ts'
import {
  ignored,
  type ToldChange,
  told,
  type WebhookReading,
  type WebhookRequest,
  type WebhookSender,
} from './sender.ts'
import { matchesAny, type SenderSettings } from './sender-settings.ts'

export const gitlab: WebhookSender = {
  name: 'gitlab',
  proofs: [{ kind: 'standard' }, { kind: 'token', header: 'x-gitlab-token' }, bearer],
  deliveryHeaders: ['webhook-id', 'idempotency-key', 'x-gitlab-event-uuid'],
  read: readGitlab,
}

function readGitlab({ body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const kind = textAt(body, 'object_kind') ?? 'unknown'
  switch (kind) {
    case 'deployment':
      return readDeployment(body)
    case 'pipeline':
      return readPipeline(body, settings)
    case 'build':
      return readJob(body, settings)
    case 'release':
      return readRelease(body)
    case 'feature_flag':
      return readFlag(body)
    default:
      return ignored(`${kind.slice(0, 60)} events are no changes of what runs`)
  }
}

function readDeployment(body: unknown): WebhookReading {
  const word = textAt(body, 'status')
  const id = textAt(body, 'deployable_id') ?? textAt(body, 'deployment_id')
  const status = statusOf(word) ?? (word === 'created' ? 'started' : undefined)
  if (status === undefined || id === undefined)
    return ignored(`a deployment that is ${word?.slice(0, 40)} changes nothing`)
  const names = projectNames(body)
  const commit = lastPart(textAt(body, 'commit_url')) ?? textAt(body, 'short_sha')
  const ref = textAt(body, 'ref')
  const changedAtMs = instantAt(body, 'status_changed_at')
  const environment = textAt(body, 'environment')
  return told({
    object: `${names.repo}:job:${id}`,
    kind: saysRollback(lastPart(textAt(body, 'deployable_url'))) ? 'rollback' : 'deploy',
    status,
    startedAtMs: changedAtMs,
    ...(isOver(status) && { finishedAtMs: changedAtMs }),
    names: { ...names, environment, tier: textAt(body, 'environment_tier'), env: environment },
    version: ref !== undefined && /^v?\d+\.\d+/.test(ref) ? ref : commit,
    commit,
    title: firstLine(textAt(body, 'commit_title')),
    author: textAt(body, 'user', 'username') ?? textAt(body, 'user', 'name'),
    url: textAt(body, 'deployable_url'),
    repo: names.repo,
  })
}

/** A pipeline's jobs that deploy to an environment, or that are named for it; the same ones as in the events of deployments. */
function readPipeline(body: unknown, settings: SenderSettings): WebhookReading {
  const names = projectNames(body)
  const jobs = listAt(body, 'builds').flatMap((job) => {
    const change = readDeployJob(
      {
        id: textAt(job, 'id'),
        name: textAt(job, 'name'),
        stage: textAt(job, 'stage'),
        status: textAt(job, 'status'),
        environment: at(job, 'environment'),
        startedAtMs: instantAt(job, 'started_at'),
        finishedAtMs: instantAt(job, 'finished_at'),
        author: textAt(job, 'user', 'username'),
      },
      settings,
    )
    if (change === undefined) return []
    const commit = textAt(body, 'object_attributes', 'sha')
    const tag = at(body, 'object_attributes', 'tag') === true ? textAt(body, 'object_attributes', 'ref') : undefined
    const title = firstLine(textAt(body, 'commit', 'title') ?? textAt(body, 'commit', 'message'))
    return [describe(change, { names, commit, version: tag ?? commit, title })]
  })
  return jobs.length === 0 ? ignored('none of the jobs of the pipeline deploys, or has begun to') : told(...jobs)
}

function readJob(body: unknown, settings: SenderSettings): WebhookReading {
  const change = readDeployJob(
    {
      id: textAt(body, 'build_id'),
      name: textAt(body, 'build_name'),
      stage: textAt(body, 'build_stage'),
      status: textAt(body, 'build_status'),
      environment: at(body, 'environment'),
      startedAtMs: instantAt(body, 'build_started_at'),
      finishedAtMs: instantAt(body, 'build_finished_at'),
      author: textAt(body, 'user', 'username'),
    },
    settings,
  )
  if (change === undefined) return ignored('the job deploys nothing, or has not begun to')
  const commit = textAt(body, 'sha')
  const version = at(body, 'tag') === true ? textAt(body, 'ref') : commit
  const title = firstLine(textAt(body, 'commit', 'message'))
  return told(describe(change, { names: projectNames(body), commit, version, title }))
}

interface Job {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly stage: string | undefined
  readonly status: string | undefined
  readonly environment: unknown
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
  readonly author: string | undefined
}

interface JobChange extends Job {
  readonly env: string | undefined
  readonly progress: NonNullable<ToldChange['status']>
}

function readDeployJob(job: Job, { deploys }: SenderSettings): JobChange | undefined {
  const env = textAt(job.environment, 'name')
  const action = textAt(job.environment, 'action') ?? 'start'
  const isNamed = [job.name, job.stage].some((name) => name !== undefined && matchesAny(name, deploys))
  const progress = statusOf(job.status)
  if (job.id === undefined || progress === undefined || !(env === undefined ? isNamed : action === 'start'))
    return undefined
  return { ...job, env, progress }
}

function describe(
  job: JobChange,
  of: {
    readonly names: ReturnType<typeof projectNames>
    readonly commit: string | undefined
    readonly version: string | undefined
    readonly title: string | undefined
  },
): ToldChange {
  const { names, commit, version, title } = of
  return {
    object: `${names.repo}:job:${job.id}`,
    kind: saysRollback(job.name) ? 'rollback' : 'deploy',
    status: job.progress,
    startedAtMs: job.startedAtMs,
    ...(isOver(job.progress) && { finishedAtMs: job.finishedAtMs }),
    names: { ...names, job: job.name, stage: job.stage, environment: job.env, env: job.env },
    version,
    commit,
    title,
    author: job.author,
    url: names.web === undefined ? undefined : `${names.web}/-/jobs/${job.id}`,
    repo: names.repo,
  }
}

function readRelease(body: unknown): WebhookReading {
  const tag = textAt(body, 'tag')
  if (textAt(body, 'action') !== 'create' || tag === undefined) return ignored('only a release that is created deploys')
  const names = projectNames(body)
  return told({
    object: `${names.repo}:release:${tag}`,
    kind: 'deploy',
    startedAtMs: instantAt(body, 'released_at') ?? instantAt(body, 'created_at'),
    names: { ...names, tag },
    version: tag,
    title: textAt(body, 'name'),
    url: textAt(body, 'url'),
    commit: textAt(body, 'commit', 'id'),
    repo: names.repo,
  })
}

/** It has no time and no id of its own: each delivery is a turn of the flag. */
function readFlag(body: unknown): WebhookReading {
  const flag = textAt(body, 'object_attributes', 'name')
  const active = at(body, 'object_attributes', 'active')
  if (flag === undefined || typeof active !== 'boolean') return ignored('the flag has no name or state')
  const names = projectNames(body)
  return told({
    object: `${names.repo}:flag:${flag}:${active ? 'on' : 'off'}`,
    isOneOfMany: true,
    kind: 'feature_flag',
    names: { ...names, flag },
    title: `flag ${flag} ${active ? 'on' : 'off'}`,
    author: textAt(body, 'user', 'username') ?? textAt(body, 'user', 'name'),
    url: names.web === undefined ? undefined : `${names.web}/-/feature_flags`,
    repo: names.repo,
  })
}

function projectNames(body: unknown) {
  const web = textAt(body, 'project', 'web_url') ?? textAt(body, 'repository', 'homepage')
  const path = textAt(body, 'project', 'path_with_namespace') ?? web?.replace(/^https?:\/\/[^/]+\//, '')
  return { repo: path, name: lastPart(path), service: lastPart(path), web }
}
