import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHANGE_KINDS, CHANGE_STATUSES } from '../../../../shared/domain/change.ts'
import { type ChangeReport, changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { mergeReports } from '../../../../shared/domain/merge-changes.ts'

const ALIASES = { production: 'prod' }
const T = 1_790_000_000

/** A report as it would be read. */
function report(fields: Record<string, unknown>): ChangeReport {
  return changeReportSchema.parse({ ts: T, ...fields })
}

function merge(...reports: readonly Record<string, unknown>[]) {
  return mergeReports(reports.map(report), ALIASES)
}

test('nothing makes nothing', () => {
  expect(merge()).toEqual([])
})

test.each<[string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>]>([
  ['the earliest start', { ts: T + 60 }, { ts: T }, { startedAtMs: T * 1000 }],
  ['the earliest start, whichever came first', { ts: T }, { ts: T + 60 }, { startedAtMs: T * 1000 }],
  ['the latest finish', { finished_at: T + 90 }, { finished_at: T + 60 }, { finishedAtMs: (T + 90) * 1000 }],
  ['the one finish that is known', { finished_at: T + 90 }, { finished_at: null }, { finishedAtMs: (T + 90) * 1000 }],
  ['a finish no earlier than the start', { ts: T, finished_at: T - 5 }, {}, { finishedAtMs: T * 1000 }],
  ['the furthest status', { status: 'failed' }, { status: 'started' }, { status: 'failed' }],
  ['the furthest status, if it comes later', { status: 'started' }, { status: 'cancelled' }, { status: 'cancelled' }],
  ['the one status that is given', { status: 'started' }, {}, { status: 'started' }],
  ['the later title', { title: 'one' }, { title: 'two' }, { title: 'two' }],
  ['the title that is given', { title: 'one' }, { title: null }, { title: 'one' }],
  ['the title that is not empty', { title: 'one' }, { title: '' }, { title: 'one' }],
  ['that it can not be undone', { reversible: false }, {}, { reversible: false }],
  ['the later word on undoing it', { reversible: false }, { reversible: true }, { reversible: true }],
  ['the later scope as a whole', { scope: { regions: ['eu'] } }, { scope: { percent: 5 } }, { scope: { percent: 5 } }],
])('two reports of one change make one, with %s', (_, first, second, expected) => {
  expect(merge({ id: 'a', ...first }, { id: 'a', ...second })).toEqual([expect.objectContaining(expected)])
})

test.each(CHANGE_STATUSES.flatMap((one) => CHANGE_STATUSES.map((other) => [one, other] as const)))(
  '%s and %s make the further of both, in either order',
  (one, other) => {
    const further = CHANGE_STATUSES[Math.max(CHANGE_STATUSES.indexOf(one), CHANGE_STATUSES.indexOf(other))]
    expect(merge({ id: 'a', status: one }, { id: 'a', status: other })[0]?.status).toBe(further)
  },
)

test('a change without an id is named by its content: the same content is the same change, other content another', () => {
  const changes = merge({ service: 'checkout' }, { service: 'checkout' }, { service: 'search' })
  expect(changes.map(({ service }) => service)).toEqual(['checkout', 'search'])
  expect(new Set(changes.map(({ id }) => id)).size).toBe(2)
  expect(merge({ title: 'b', ts: T, service: 'a' })[0]?.id).toBe(merge({ service: 'a', ts: T, title: 'b' })[0]?.id)
})

test.each(['__proto__', 'constructor', ' '])('a change may have the id %j', (id) => {
  expect(merge({ id }, { id, title: 'two' })).toEqual([expect.objectContaining({ id, title: 'two' })])
})

test('what a report does not say has a default, and what it says is kept', () => {
  expect(merge({ id: 'a' })).toEqual([
    { id: 'a', startedAtMs: T * 1000, kind: 'other', env: 'prod', status: 'succeeded', reversible: true },
  ])
  expect(merge({ version: 'v42' })[0]?.kind).toBe('deploy')
  expect(merge({ version: 'v42', kind: 'rollback' })[0]?.kind).toBe('rollback')
  expect(merge({ env: 'Production' })[0]?.env).toBe('prod')
})

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const reports = fc.array(
  fc
    .record({
      id: optional(fc.constantFrom('a', 'b')),
      ts: fc.integer({ min: T, max: T + 100 }),
      finished_at: optional(fc.integer({ min: T - 50, max: T + 200 })),
      kind: optional(fc.constantFrom(...CHANGE_KINDS)),
      status: optional(fc.constantFrom(...CHANGE_STATUSES)),
      title: optional(fc.constantFrom('one', 'two', '')),
      reversible: optional(fc.boolean()),
    })
    .map(report),
  { maxLength: 12 },
)

test('any reports: telling all of them twice changes nothing', () => {
  fc.assert(
    fc.property(reports, (list) => {
      const once = mergeReports(list, ALIASES)
      expect(mergeReports([...list, ...list], ALIASES)).toEqual(once)
    }),
  )
})

test('any reports, in any order: times and status are the same, and no change ends before it begins', () => {
  const anyOrder = reports.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(anyOrder, ([list, shuffled]) => {
      const settled = (of: readonly ChangeReport[]) =>
        mergeReports(of, ALIASES)
          .map(({ id, startedAtMs, finishedAtMs, status }) => ({ id, startedAtMs, finishedAtMs, status }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const changes = settled(list)
      expect(settled(shuffled)).toEqual(changes)
      expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length)
      for (const { startedAtMs, finishedAtMs = startedAtMs } of changes)
        expect(finishedAtMs).toBeGreaterThanOrEqual(startedAtMs)
    }),
  )
})
