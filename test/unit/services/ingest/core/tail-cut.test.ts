import { expect, test } from 'vitest'
import { createChunkSeams } from '../../../../../services/ingest/core/chunk-seams.ts'
import { cutTail } from '../../../../../services/ingest/core/tail-cut.ts'

const plain = createChunkSeams({ name: 'combined' })
const state = { bytesMax: 16, isLineLeft: false, isOver: false }
const cut = (text: string, over: Partial<typeof state> = {}, seams = plain) =>
  cutTail(Buffer.from(text), seams, { ...state, ...over })

test('whole lines go, the beginning of one waits for its end', () => {
  expect(cut('one\ntwo\nthr')).toEqual({ kind: 'send', length: 8, isLineLeft: false })
  expect(cut('thr')).toEqual({ kind: 'wait' })
  expect(cut('')).toEqual({ kind: 'wait' })
})

test('when nothing will follow, the last line goes without its end', () => {
  expect(cut('one\nthr', { isOver: true })).toEqual({ kind: 'send', length: 7, isLineLeft: false })
  expect(cut('', { isOver: true })).toEqual({ kind: 'wait' })
})

test('of a line that is too long the beginning goes, and the rest is skipped up to its end', () => {
  expect(cut('0123456789abcdef')).toEqual({ kind: 'send', length: 16, isLineLeft: true })
  expect(cut('still the same ', { isLineLeft: true })).toEqual({ kind: 'skip', length: 15, isLineLeft: true })
  expect(cut('end\nnext\n', { isLineLeft: true })).toEqual({ kind: 'skip', length: 4, isLineLeft: false })
})

test('a line that a container runtime cut up waits for its last part', () => {
  const seams = createChunkSeams({ name: 'combined', envelope: 'cri' })
  const part = '2026-11-21T10:00:00Z stdout P half\n'
  const last = '2026-11-21T10:00:00Z stdout F whole\n'
  expect(cut(last + part, { bytesMax: 500 }, seams)).toMatchObject({ kind: 'send', length: last.length })
  expect(cut(part, { bytesMax: 500 }, seams)).toEqual({ kind: 'wait' })
})
