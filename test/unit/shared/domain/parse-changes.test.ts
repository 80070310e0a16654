import { expect, test } from 'vitest'
import { parseChanges } from '../../../../shared/domain/parse-changes.ts'

function parseOk(text: string) {
  const parsed = parseChanges(text, 'deploys.ndjson')
  if (parsed.kind === 'malformed') throw new Error(parsed.message)
  return parsed.changes
}

const AT_MS = Date.UTC(2026, 9, 2, 14, 2, 50)

test.each([
  ['RFC 3339', '"2026-10-02T14:02:50Z"'],
  ['with an offset', '"2026-10-02T16:02:50+02:00"'],
  ['an offset without colon and a space', '"2026-10-02 16:02:50+0200"'],
  ['epoch seconds', String(AT_MS / 1000)],
  ['epoch seconds as text', `"${AT_MS / 1000}"`],
  ['epoch milliseconds', String(AT_MS)],
  ['epoch microseconds', String(AT_MS * 1000)],
  ['epoch nanoseconds', `${AT_MS}000000`],
])('reads a time written as %s', (_, ts) => {
  expect(parseOk(`{"ts": ${ts}, "service": "checkout"}`)[0]?.startedAtMs).toBe(AT_MS)
})

test('reads every field of a change, and ignores those it does not know', () => {
  const [change] = parseOk(
    JSON.stringify({
      id: 7,
      ts: '2026-10-02T14:02:50.5Z',
      finished_at: '2026-10-02T14:05:00Z',
      kind: 'deploy',
      service: 'checkout',
      env: 'Production',
      version: 'v42',
      previous_version: 'v41',
      status: 'started',
      author: 'ana',
      pull_request: 12,
      scope: { regions: ['eu'], routes: null, percent: 5 },
      reversible: false,
      rollback: { command: 'make back' },
      colour: 'blue',
      title: null,
    }),
  )
  expect(change).toEqual({
    id: '7',
    startedAtMs: AT_MS + 500,
    finishedAtMs: Date.UTC(2026, 9, 2, 14, 5),
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    previousVersion: 'v41',
    status: 'started',
    author: 'ana',
    pullRequest: '12',
    scope: { regions: ['eu'], percent: 5 },
    reversible: false,
    rollback: { command: 'make back' },
  })
})

test('a change that says little is a succeeded one of the whole production platform', () => {
  expect(parseOk('\n{"ts": 1790000000}\r\n\n')).toEqual([
    {
      id: expect.stringMatching(/^chg_[0-9a-f]{16}$/),
      startedAtMs: 1_790_000_000_000,
      kind: 'other',
      env: 'prod',
      status: 'succeeded',
      reversible: true,
    },
  ])
})

test('reports of one change are merged: earliest start, latest finish, furthest status, later fields', () => {
  const reports = [
    '{"id": "a", "ts": 1790000060, "status": "succeeded", "finished_at": 1790000200, "env": "staging", "title": "one"}',
    '{"id": "a", "ts": 1790000000, "status": "started", "finished_at": 1790000100, "title": "two"}',
  ]
  expect(parseOk(reports.join('\n'))).toEqual([
    expect.objectContaining({
      startedAtMs: 1_790_000_000_000,
      finishedAtMs: 1_790_000_200_000,
      status: 'succeeded',
      env: 'staging',
      title: 'two',
    }),
  ])
})

test('the same change without an id is the same change', () => {
  const line = '{"ts": 1790000000, "service": "checkout"}'
  expect(parseOk(`${line}\n${line}`)).toHaveLength(1)
})

test('a JSON array is as good as lines', () => {
  expect(parseOk('[\n {"ts": 1790000000, "id": "a"},\n {"ts": 1790000001, "id": "b"}\n]').map(({ id }) => id)).toEqual([
    'a',
    'b',
  ])
})

test('environment aliases can be set', () => {
  const parsed = parseChanges('{"ts": 1790000000, "env": "Blue"}', 'x', { blue: 'prod' })
  expect(parsed.kind === 'ok' && parsed.changes[0]?.env).toBe('prod')
})

test.each([
  ['{"ts": 1790000000}\n{"service": "checkout"}', 2, 'ts', 'deploys.ndjson line 2: ts: missing'],
  [
    '{"ts": "yesterday"}',
    1,
    'ts',
    'deploys.ndjson line 1: ts: "yesterday": write a time like 2026-10-02T14:03:10Z, or an epoch',
  ],
  ['{"ts": "2026-10-02T14:02:50"}', 1, 'ts', /write a time like/],
  ['{"ts": 1790000000, "version": 42}', 1, 'version', /^deploys.ndjson line 1: version: 42: .*expected string/],
  ['{"ts": 1790000000, "kind": "release"}', 1, 'kind', /kind: "release": .*"deploy"\|"config"/],
  ['{"ts": 1790000000, "scope": {"regions": "eu"}}', 1, 'scope.regions', /scope.regions: "eu": .*array/],
  ['\n\n{"ts": 1790000000', 3, '', 'deploys.ndjson line 3: not JSON: {"ts": 1790000000'],
  ['7', 1, '', 'deploys.ndjson line 1: not a change: 7'],
  ['[\n{"ts": 1790000000, "title": "a, {b"},\n\n{"ts": true}]', 4, 'ts', /^deploys.ndjson line 4: ts: true: /],
  ['[\n{"ts": 1790000000},\nnonsense]', 3, '', /^deploys.ndjson line 3: not JSON/],
  ['[\n{"ts": 1790000000}', 2, '', /^deploys.ndjson line 2: not JSON/],
])('refuses %j, naming the line and the field', (text, line, field, message) => {
  const parsed = parseChanges(text, 'deploys.ndjson')
  expect(parsed).toMatchObject({ kind: 'malformed', line, field })
  if (parsed.kind === 'malformed') expect(parsed.message).toMatch(message)
})

test('a message about a hostile line stays short and on one line', () => {
  const parsed = parseChanges(`{"ts": 1790000000, "kind": "\\u001b[31m${'x'.repeat(500)}\\u202e"}`, 'f')
  const message = parsed.kind === 'malformed' ? parsed.message : ''
  expect(message.length).toBeLessThan(300)
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('reads one object over several lines, as tools print it', () => {
  const change = { id: 'a', ts: '2026-10-02T14:02:50Z', service: 'checkout', version: 'v42' }
  for (const text of [JSON.stringify(change, null, 2), `\n${JSON.stringify(change, null, 2)}\n`])
    expect(parseOk(text)).toMatchObject([{ id: 'a', startedAtMs: AT_MS, version: 'v42' }])
  expect(parseOk(`{"id": "a",\n "ts": ${AT_MS}}`)).toMatchObject([{ id: 'a', startedAtMs: AT_MS }])
})

test('says in which of several lines an object breaks off', () => {
  expect(parseChanges('{\n  "id": "a"\n  "ts": 1\n}', 'body')).toMatchObject({ kind: 'malformed', line: 3 })
})
