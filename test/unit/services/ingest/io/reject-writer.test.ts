import { expect, test } from 'vitest'
import { createRejectWriter } from '../../../../../services/ingest/io/reject-writer.ts'

const NOW_MS = Date.UTC(2026, 2, 1)

function rejects(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    source: 'access.log',
    lineNumber: index + 1,
    byteOffset: index * 10,
    reason: 'unmatched' as const,
    text: `junk ${index}`,
  }))
}

function createRecorder() {
  const inserts: { rows: readonly Readonly<Record<string, unknown>>[]; token: string }[] = []
  const writer = createRejectWriter({
    insertRows: async (rows, token) => void inserts.push({ rows, token }),
    nowMs: () => NOW_MS,
  })
  return { inserts, writer }
}

test('stores a rejected line with where it was and why', async () => {
  const { inserts, writer } = createRecorder()
  await writer.add(rejects(1), 'block')
  await writer.finish()
  expect(inserts.flatMap(({ rows }) => rows)).toEqual([
    {
      source: 'access.log',
      line_number: 1,
      byte_offset: 0,
      reason: 'unmatched',
      line: 'junk 0',
      seen_at: '2026-03-01T00:00:00.000Z',
    },
  ])
})

test('stores no more than 10,000 rejects of a load', async () => {
  const { inserts, writer } = createRecorder()
  for (let block = 0; block < 30; block++) await writer.add(rejects(700), `block ${block}`)
  await writer.finish()
  expect(inserts.reduce((total, { rows }) => total + rows.length, 0)).toBe(10_000)
  expect(new Set(inserts.map(({ token }) => token)).size).toBe(inserts.length)
})

test('stores nothing when nothing was rejected', async () => {
  const { inserts, writer } = createRecorder()
  await writer.add([], 'block')
  await writer.finish()
  expect(inserts).toEqual([])
})
