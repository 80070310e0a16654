import { expect, test } from 'vitest'
import { type BlockCounts, createLoadTally } from '../../../../../services/ingest/core/load-summary.ts'

function block(overrides: Partial<BlockCounts>): BlockCounts {
  return {
    fileIndex: 0,
    source: 'a.log',
    format: { name: 'combined' },
    lines: 10,
    parsed: 7,
    rejected: 1,
    skipped: 1,
    blank: 1,
    requests: 9,
    rejects: [],
    serviceOrigins: { default: 7 },
    fromMs: 1_000,
    toMs: 2_000,
    services: ['web'],
    bytes: 500,
    ...overrides,
  }
}

function reject(lineNumber: number) {
  return { source: 'a.log', lineNumber, byteOffset: 0, reason: 'unmatched', text: 'junk' } as const
}

test('adds blocks up: events out of the time asked for are parsed but not stored', () => {
  const tally = createLoadTally()
  tally.add(block({}))
  tally.add(block({ fromMs: 500, toMs: 1_500, services: ['api', 'web'] }))
  expect(tally.summary()).toMatchObject({
    lines: 20,
    parsed: 16,
    rejected: 2,
    events: 14,
    requests: 18,
    fromMs: 500,
    toMs: 2_000,
    services: ['api', 'web'],
    bytes: 1_000,
  })
})

test('names the rule that named most events', () => {
  const tally = createLoadTally()
  tally.add(block({ serviceOrigins: { default: 5 } }))
  tally.add(block({ serviceOrigins: { default: 1, virtual_host: 20 } }))
  expect(tally.summary().serviceFrom).toBe('virtual_host')
})

test('tells the format of each log in the order given', () => {
  const tally = createLoadTally()
  tally.add(block({}))
  tally.add(block({}))
  tally.add(block({ fileIndex: 1, source: 'b.log', format: { name: 'ndjson' } }))
  expect(tally.summary().formats).toEqual([
    { source: 'a.log', format: { name: 'combined' } },
    { source: 'b.log', format: { name: 'ndjson' } },
  ])
})

test('shows the first ten rejects of all logs together', () => {
  const tally = createLoadTally()
  tally.add(block({ rejects: Array.from({ length: 6 }, (_, index) => reject(index + 1)) }))
  tally.add(block({ rejects: Array.from({ length: 6 }, (_, index) => reject(index + 7)) }))
  expect(tally.summary().firstRejects.map(({ lineNumber }) => lineNumber)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('has no time span and no rule where nothing was stored', () => {
  const tally = createLoadTally()
  tally.add(block({ parsed: 0, fromMs: Number.POSITIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY, serviceOrigins: {} }))
  expect(tally.summary()).toMatchObject({ events: 0, fromMs: null, toMs: null, serviceFrom: null })
})
