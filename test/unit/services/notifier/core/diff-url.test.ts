import { expect, test } from 'vitest'
import { diffUrl } from '../../../../../services/notifier/core/diff-url.ts'
import { at, change } from '../../cli/incident-samples.ts'
import { openIncident, sampleMessage } from '../notifier-world.ts'

const OLD = '1111111111111111111111111111111111111111'
const NEW = '2222222222222222222222222222222222222222'
const code = { repo: 'acme/shop', commit: NEW, source: 'github' }
const before = change({ id: 'd41', ...code, commit: OLD, startedAtMs: at('12:00:00') })

test.each([
  ['of a change and the one before it', code, [before], `https://github.com/acme/shop/compare/${OLD}...${NEW}`],
  ['of a change whose forerunner nobody knows', code, [], `https://github.com/acme/shop/commit/${NEW}`],
  [
    'not against another service of the repository',
    code,
    [{ ...before, service: 'search' }],
    `https://github.com/acme/shop/commit/${NEW}`,
  ],
  [
    'on a GitLab of one’s own',
    { ...code, repo: 'group/sub/shop', source: 'gitlab', url: 'https://git.acme.example/group/sub/shop/-/pipelines/7' },
    [{ ...before, repo: 'group/sub/shop' }],
    `https://git.acme.example/group/sub/shop/-/compare/${OLD}...${NEW}`,
  ],
  [
    'of a repository given by its address',
    { ...code, repo: 'https://bitbucket.org/acme/shop.git', source: 'argocd' },
    [],
    `https://bitbucket.org/acme/shop/commits/${NEW}`,
  ],
])('the difference can be read: %s', (_what, fields, changes, expected) => {
  expect(diffUrl(change({ id: 'd42', ...fields }), changes)).toBe(expected)
})

test.each([
  ['a forge that nobody knows', { ...code, source: 'jenkins' }],
  ['a commit that is none', { ...code, commit: 'v42"><script>' }],
  ['a repository that is none', { ...code, repo: 'acme/shop?x=<!channel>' }],
  ['another scheme', { ...code, repo: 'javascript://github.com/%0aalert(1)' }],
  ['no code', {}],
])('there is no link for %s', (_what, fields) => {
  expect(diffUrl(change({ id: 'd42', ...fields }), [before])).toBeNull()
})

test('the message about a change of code links what it altered', () => {
  const blamed = change({ id: 'd42', version: 'v42', ...code })
  const of = openIncident({ suspects: [{ changeId: 'd42', probability: 0.94, change: blamed, evidence: [] }] })
  expect(sampleMessage(of, { changes: [before] }).links.at(-1)).toEqual({
    label: 'Diff',
    url: `https://github.com/acme/shop/compare/${OLD}...${NEW}`,
  })
})
