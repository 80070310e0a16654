// Cloud: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ . It has no event of deployments: the build
// statuses that pipelines and other tools set on commits are what tells.
import { firstLine, instantAt, lastPart, listAt, textAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { envInName, isOver, notADeploy, saysRollback, statusOf } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export const bitbucket: WebhookSender = {
  name: 'bitbucket',
  proofs: [hmac('x-hub-signature', 'sha256='), bearer],
  deliveryHeaders: ['x-request-uuid', 'x-request-id'],
  read: readBitbucket,
}

function readBitbucket({ headers, body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  const event = headers['x-event-key'] ?? textAt(body, 'eventKey') ?? 'unknown'
  if (event.startsWith('repo:commit_status_')) return readStatus(body, settings)
  return event === 'repo:push' ? readTag(body) : ignored(`${event.slice(0, 60)} events are no changes of what runs`)
}

function readStatus(body: unknown, settings: SenderSettings): WebhookReading {
  const name = textAt(body, 'commit_status', 'name')
  const key = textAt(body, 'commit_status', 'key')
  const other = notADeploy({ sender: 'bitbucket', names: [name, key] }, settings)
  if (other !== undefined) return other
  const status = statusOf(textAt(body, 'commit_status', 'state'))
  const commit =
    textAt(body, 'commit_status', 'commit', 'hash') ?? hashIn(textAt(body, 'commit_status', 'links', 'commit', 'href'))
  if (status === undefined || commit === undefined) return ignored('the build status has no state or commit')
  const names = repoNames(body)
  return told({
    object: `${names.repo}:status:${commit}:${key ?? name}`,
    kind: saysRollback(name) ? 'rollback' : 'deploy',
    status,
    startedAtMs: instantAt(body, 'commit_status', 'created_on'),
    ...(isOver(status) && { finishedAtMs: instantAt(body, 'commit_status', 'updated_on') }),
    names: { ...names, status: name, key, env: envInName(name, key) },
    version: commit,
    commit,
    title: name === undefined ? key : `${name}${described(body)}`,
    author: textAt(body, 'actor', 'nickname') ?? textAt(body, 'actor', 'display_name'),
    url: textAt(body, 'commit_status', 'url'),
    repo: names.repo,
  })
}

/** A tag that is a version is a release. */
function readTag(body: unknown): WebhookReading {
  const pushed = listAt(body, 'push', 'changes').find((change) => textAt(change, 'new', 'type') === 'tag')
  const tag = textAt(pushed, 'new', 'name')
  if (tag === undefined || !/^v?\d+\.\d+/.test(tag)) return ignored('only a pushed tag that is a version is a release')
  const names = repoNames(body)
  return told({
    object: `${names.repo}:tag:${tag}`,
    kind: 'deploy',
    startedAtMs: instantAt(pushed, 'new', 'date'),
    names: { ...names, tag },
    version: tag,
    commit: textAt(pushed, 'new', 'target', 'hash'),
    title: firstLine(textAt(pushed, 'new', 'target', 'message')) ?? `tag ${tag}`,
    author: textAt(body, 'actor', 'nickname') ?? textAt(body, 'actor', 'display_name'),
    url: textAt(pushed, 'new', 'links', 'html', 'href'),
    repo: names.repo,
  })
}

function described(body: unknown): string {
  const description = firstLine(textAt(body, 'commit_status', 'description'))
  return description === undefined ? '' : `: ${description}`
}

function hashIn(href: string | undefined): string | undefined {
  const hash = lastPart(href)
  return hash !== undefined && /^[\da-f]{7,40}$/.test(hash) ? hash : undefined
}

function repoNames(body: unknown) {
  const repo = textAt(body, 'repository', 'full_name')
  const name = textAt(body, 'repository', 'name') ?? lastPart(repo)
  return { repo, name, project: textAt(body, 'repository', 'project', 'key'), service: lastPart(repo) ?? name }
}
