import type { Change } from '../../../shared/domain/change.ts'

/** How a forge addresses a commit, and the difference between two, under a repository's address. */
interface Forge {
  readonly home: string
  readonly commit: (commit: string) => string
  readonly compare: (before: string, commit: string) => string
}

/** By what their hosts and our senders are called. */
const FORGES: Readonly<Record<string, Forge>> = {
  github: {
    home: 'https://github.com',
    commit: (commit) => `/commit/${commit}`,
    compare: (before, commit) => `/compare/${before}...${commit}`,
  },
  gitlab: {
    home: 'https://gitlab.com',
    commit: (commit) => `/-/commit/${commit}`,
    compare: (before, commit) => `/-/compare/${before}...${commit}`,
  },
  bitbucket: {
    home: 'https://bitbucket.org',
    commit: (commit) => `/commits/${commit}`,
    compare: (before, commit) => `/branches/compare/${commit}%0D${before}`,
  },
}
const COMMIT = /^[\da-f]{7,64}$/i
const REPOSITORY = /^[\w.-]+(?:\/[\w.-]+)+$/

/**
 * Where people read what a change of code altered: against the commit that ran before it, where one of `changes` names that.
 * Null where its forge, repository or commit is not known.
 */
export function diffUrl(change: Change, changes: readonly Change[]): string | null {
  const { commit, url } = change
  const address = change.repo ?? ''
  const isAddress = URL.canParse(address)
  const repo = isAddress ? new URL(address).pathname.replace(/^\/+|\/+$|\.git$/g, '') : address
  const known = isAddress ? address : url
  const host = known !== undefined && URL.canParse(known) ? new URL(known) : undefined
  const forge = Object.entries(FORGES).find(([name]) => host?.hostname.includes(name) || change.source === name)?.[1]
  if (forge === undefined || commit === undefined || !COMMIT.test(commit) || !REPOSITORY.test(repo)) return null
  // A forge of one's own is where the change itself is shown.
  const isThere = host?.protocol === 'https:' && host.pathname.replace(/^\//, '').startsWith(repo)
  const before = commitBefore(change, changes)
  const path = before === undefined ? forge.commit(commit) : forge.compare(before, commit)
  return `${isThere ? host.origin : forge.home}/${repo}${path}`
}

function commitBefore({ id, service, env, repo, commit, startedAtMs }: Change, changes: readonly Change[]) {
  return changes
    .filter(
      (other) =>
        other.id !== id &&
        other.service === service &&
        other.env === env &&
        other.repo === repo &&
        other.commit !== undefined &&
        other.commit !== commit &&
        COMMIT.test(other.commit) &&
        other.startedAtMs < startedAtMs,
    )
    .toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0]?.commit
}
