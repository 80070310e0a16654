import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHANGE_KINDS, CHANGE_STATUSES } from '../../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'

const T = 1_790_000_000

function read(fields: Record<string, unknown>) {
  return changeReportSchema.parse({ ts: T, ...fields })
}

function refusedAt(fields: Record<string, unknown>): string | undefined {
  return changeReportSchema.safeParse({ ts: T, ...fields }).error?.issues[0]?.path.join('.')
}

test.each([
  ['id', 'a', 'a'],
  ['id', 7, '7'],
  ['pull_request', 12, '12'],
  ['ts', '2026-10-02T14:02:50Z', Date.UTC(2026, 9, 2, 14, 2, 50)],
  ['finished_at', T, T * 1000],
  ['title', 'x', 'x'],
  ['reversible', false, false],
])('%s may be %j', (field, value, read_) => {
  expect(read({ [field]: value })).toHaveProperty(field, read_)
})

test.each([
  'id',
  'service',
  'env',
  'version',
  'previous_version',
  'title',
  'author',
  'url',
  'commit',
  'repo',
  'pull_request',
  'source',
])('of %s null and empty say as little as nothing', (field) => {
  expect(read({ [field]: null })).toEqual(read({ [field]: '' }))
  expect(read({ [field]: '' })).toHaveProperty(field, undefined)
  expect(read({})).not.toHaveProperty(field, expect.anything())
})

test.each(CHANGE_KINDS)('%s is a kind', (kind) => {
  expect(read({ kind }).kind).toBe(kind)
})

test.each(CHANGE_STATUSES)('%s is a status', (status) => {
  expect(read({ status }).status).toBe(status)
})

test.each<[string, Record<string, unknown>]>([
  ['ts', { ts: null }],
  ['ts', { ts: '' }],
  ['ts', { ts: '2026-02-30T00:00:00Z' }],
  ['ts', { ts: -1 }],
  ['ts', { ts: true }],
  ['finished_at', { finished_at: 'soon' }],
  ['kind', { kind: 'Deploy' }],
  ['status', { status: 'done' }],
  ['version', { version: 42 }],
  ['service', { service: ['checkout'] }],
  ['reversible', { reversible: 'no' }],
  ['scope', { scope: 'eu' }],
  ['scope.regions', { scope: { regions: 'eu' } }],
  ['scope.percent', { scope: { percent: 101 } }],
  ['scope.percent', { scope: { percent: -1 } }],
  ['scope.hosts', { scope: { hosts: Array.from({ length: 1001 }, () => 'h') } }],
  ['rollback.command', { rollback: { command: 'x'.repeat(2001) } }],
  ['rollback.url', { rollback: { url: 7 } }],
])('refuses a wrong %s, naming it', (field, fields) => {
  expect(refusedAt(fields)).toBe(field)
})

test.each([null, [], 'x', 7])('%j is no change', (value) => {
  expect(changeReportSchema.safeParse(value).success).toBe(false)
})

test('a command is never cut: half of one is another command', () => {
  const command = 'x'.repeat(2000)
  expect(read({ rollback: { command } }).rollback?.command).toBe(command)
})

test('a long text is cut, and stays well-formed text', () => {
  expect(read({ title: 'x'.repeat(10_000) }).title).toHaveLength(500)
  const names = fc.string({ unit: fc.constantFrom('x', '😀', '\ud83d', '\ude00'), minLength: 490, maxLength: 520 })
  fc.assert(
    fc.property(names, (name) => {
      const { title, id } = read({ title: name, id: name })
      for (const text of [title, id]) {
        expect(text?.length).toBeLessThanOrEqual(500)
        expect(text).not.toMatch(/\p{Cs}/u)
      }
    }),
  )
})

test('fields that nobody knows are ignored', () => {
  expect(read({ colour: 'blue', __proto__: { kind: 'deploy' } })).toEqual(read({}))
})
