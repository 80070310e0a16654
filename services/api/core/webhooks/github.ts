// https://docs.github.com/en/webhooks/webhook-events-and-payloads
import { at, firstLine, instantAt, lastPart, listAt, textAt, textsAt } from './payload.ts'
import { hmac } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import {
  ignored,
  type ToldChange,
  told,
  type WebhookReading,
  type WebhookRequest,
  type WebhookSender,
} from './sender.ts'
import { matchesAny, type SenderSettings } from './sender-settings.ts'

export const github: WebhookSender = {
  name: 'github',
  proofs: [hmac('x-hub-signature-256', 'sha256=')],
  deliveryHeaders: ['x-github-delivery'],
  bodyBytesMax: 25 * 1024 * 1024,
  read: readGithub,
}

function readGithub({ headers, body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const event = headers['x-github-event'] ?? eventOf(body)
  switch (event) {
    case 'deployment':
    case 'deployment_status':
      return readDeployment(body)
    case 'workflow_run':
      return readWorkflowRun(body, settings)
    case 'release':
      return readRelease(body)
    case 'push':
      return readPush(body, settings)
    case 'ping':
      return ignored('ping: the webhook is set up')
    default:
      return ignored(`${event.slice(0, 60)} events are no changes of what runs`)
  }
}

/** Proxies drop headers; the payload of each event has members of its own. */
function eventOf(body: unknown): string {
  const known = ['deployment_status', 'deployment', 'workflow_run', 'release']
  return known.find((name) => at(body, name) !== undefined) ?? (at(body, 'commits') === undefined ? 'unknown' : 'push')
}

/** The other states are no step of it: it waits, or is `inactive`, as a later one took its place. */
const DEPLOYMENT_STATES = new Set(['success', 'failure', 'error', 'in_progress'])

function readDeployment(body: unknown): WebhookReading {
  const state = textAt(body, 'deployment_status', 'state')
  if (state !== undefined && !DEPLOYMENT_STATES.has(state))
    return ignored(`a deployment that is ${state} changes nothing`)
  const id = textAt(body, 'deployment', 'id')
  if (id === undefined) return ignored('the deployment has no id')
  const status = statusOf(state) ?? 'started'
  const names = repoNames(body)
  const task = textAt(body, 'deployment', 'task')
  const environment = textAt(body, 'deployment', 'environment')
  const ref = textAt(body, 'deployment', 'ref')
  const commit = textAt(body, 'deployment', 'sha')
  const description = textAt(body, 'deployment', 'description')
  const payload = payloadOf(at(body, 'deployment', 'payload'))
  const run = textAt(body, 'workflow_run', 'id')
  const isRollback = task === 'rollback' || saysRollback(description, textAt(body, 'workflow_run', 'name'))
  return told({
    // A workflow that deploys tells of its run, too: both are one change.
    object: run === undefined ? `${names.repo}:deployment:${id}` : runObject(names.repo, run, environment),
    kind: isRollback ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, 'deployment', 'created_at'),
    ...(isOver(status) && { finishedAtMs: instantAt(body, 'deployment_status', 'created_at') }),
    names: {
      ...names,
      service: textAt(payload, 'service') ?? names.service,
      task,
      environment,
      env: environment,
    },
    version: textAt(payload, 'version') ?? versionOf(ref, commit),
    commit,
    title: description ?? firstLine(textAt(body, 'workflow_run', 'display_title')),
    author: textAt(body, 'deployment', 'creator', 'login'),
    url:
      textAt(body, 'deployment_status', 'log_url') ??
      textAt(body, 'deployment_status', 'target_url') ??
      textAt(body, 'workflow_run', 'html_url'),
    repo: names.repo,
  })
}

/** A deployment's own payload is an object, or the same as text. */
function payloadOf(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}

function readWorkflowRun(body: unknown, settings: SenderSettings): WebhookReading {
  const name = textAt(body, 'workflow_run', 'name') ?? textAt(body, 'workflow', 'name')
  const other = notADeploy({ sender: 'github', names: [name, lastPart(textAt(body, 'workflow', 'path'))] }, settings)
  if (other !== undefined) return other
  const word = textAt(body, 'workflow_run', 'conclusion') ?? textAt(body, 'workflow_run', 'status')
  const status = statusOf(at(body, 'workflow_run', 'conclusion') === null && word === 'completed' ? undefined : word)
  const id = textAt(body, 'workflow_run', 'id')
  if (status === undefined || id === undefined) return ignored(`a run that is ${word?.slice(0, 40)} deploys nothing`)
  const names = repoNames(body)
  const branch = textAt(body, 'workflow_run', 'head_branch')
  const commit = textAt(body, 'workflow_run', 'head_sha')
  const title = firstLine(textAt(body, 'workflow_run', 'display_title'))
  const env = envInName(name)
  return told({
    object: runObject(names.repo, id, env),
    kind: saysRollback(name) ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, 'workflow_run', 'run_started_at') ?? instantAt(body, 'workflow_run', 'created_at'),
    ...(isOver(status) && { finishedAtMs: instantAt(body, 'workflow_run', 'updated_at') }),
    names: { ...names, workflow: name, branch, env },
    version: commit,
    commit,
    title: title === undefined ? name : `${name ?? 'run'}: ${title}`,
    author: textAt(body, 'workflow_run', 'triggering_actor', 'login') ?? textAt(body, 'workflow_run', 'actor', 'login'),
    url: textAt(body, 'workflow_run', 'html_url'),
    repo: names.repo,
    pullRequest: textAt(listAt(body, 'workflow_run', 'pull_requests')[0], 'number'),
  })
}

/** One run may deploy to several environments. */
function runObject(repo: string | undefined, run: string, environment: string | undefined): string {
  const env = environment?.toLowerCase() ?? 'prod'
  return `${repo}:run:${run}:${env === 'production' ? 'prod' : env}`
}

function readRelease(body: unknown): WebhookReading {
  const action = textAt(body, 'action') ?? ''
  const tag = textAt(body, 'release', 'tag_name')
  if (action !== 'published' || tag === undefined)
    return ignored(`a release that is ${action.slice(0, 40)} deploys nothing`)
  if (at(body, 'release', 'prerelease') === true || at(body, 'release', 'draft') === true)
    return ignored('a prerelease or a draft deploys nothing')
  const names = repoNames(body)
  return told({
    object: `${names.repo}:release:${textAt(body, 'release', 'id') ?? tag}`,
    kind: 'deploy',
    startedAtMs: instantAt(body, 'release', 'published_at') ?? instantAt(body, 'release', 'created_at'),
    names: { ...names, tag },
    version: tag,
    title: textAt(body, 'release', 'name') ?? `release ${tag}`,
    author: textAt(body, 'release', 'author', 'login'),
    url: textAt(body, 'release', 'html_url'),
    repo: names.repo,
  })
}

function readPush(body: unknown, settings: SenderSettings): WebhookReading {
  const branch = textAt(body, 'ref')?.replace(/^refs\/heads\//, '')
  const main = textAt(body, 'repository', 'default_branch') ?? textAt(body, 'repository', 'master_branch')
  if (settings.configPaths.length === 0) return ignored('pushes count where webhooks.github.config_paths names files')
  if (at(body, 'deleted') === true || branch === undefined || branch !== main)
    return ignored('only pushes to the default branch count')
  const files = listAt(body, 'commits').flatMap((commit) =>
    ['added', 'modified', 'removed'].flatMap((how) => textsAt(commit, how)),
  )
  const touched = [...new Set(files)].filter((file) => matchesAny(file, settings.configPaths))
  const after = textAt(body, 'after')
  if (touched.length === 0 || after === undefined) return ignored('no file of webhooks.github.config_paths was touched')
  const names = repoNames(body)
  const more = touched.length > 1 ? ` and ${touched.length - 1} more` : ''
  const message = firstLine(textAt(body, 'head_commit', 'message'))
  const change: ToldChange = {
    object: `${names.repo}:push:${after}`,
    kind: 'config',
    startedAtMs: instantAt(body, 'repository', 'pushed_at') ?? instantAt(body, 'head_commit', 'timestamp'),
    names: { ...names, branch, file: touched[0] },
    title: `${touched[0]}${more}${message === undefined ? '' : `: ${message}`}`,
    author: textAt(body, 'pusher', 'name') ?? textAt(body, 'sender', 'login'),
    url: textAt(body, 'compare'),
    commit: after,
    repo: names.repo,
  }
  return told(change)
}

function repoNames(body: unknown) {
  const repo = textAt(body, 'repository', 'full_name')
  const name = textAt(body, 'repository', 'name') ?? lastPart(repo)
  return { repo, name, owner: textAt(body, 'repository', 'owner', 'login'), service: name }
}

/** A tag says more than the commit it names; a branch says less. */
function versionOf(ref: string | undefined, commit: string | undefined): string | undefined {
  return ref !== undefined && /^v?\d+\.\d+/.test(ref) ? ref : commit
}
