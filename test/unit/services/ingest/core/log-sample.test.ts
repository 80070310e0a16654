import { expect, test } from 'vitest'
import {
  type LogSample,
  sampleFirstLines,
  sampleLines,
  sampleTexts,
} from '../../../../../services/ingest/core/log-sample.ts'

const texts = (sample: LogSample) => sampleTexts(sample, 1_000, 1_000)

test.each([
  ['', []],
  ['a', ['a']],
  ['a\nb\n', ['a', 'b']],
  ['a\r\nb\r\n', ['a', 'b']],
  ['a\nb\ncut of', ['a', 'b']],
  ['\n \t\n\r\na\n', ['a']],
  ['\n\ncut of', ['cut of']],
  ['\uFEFFa\nb\n', ['a', 'b']],
  ['\u0000\u0000\uFEFFa\n', ['a']],
  ['\u0000\u0000\na\n', ['a']],
  [' a \n', [' a ']],
])('samples the lines of %j', (log, lines) => {
  expect(texts(sampleFirstLines(Buffer.from(log)))).toEqual(lines)
})

test('samples no more than the first two hundred lines', () => {
  const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`)
  expect(texts(sampleFirstLines(Buffer.from(lines.join('\n\n'))))).toEqual(lines.slice(0, 200))
})

test('samples bytes that stand within a larger buffer', () => {
  expect(texts(sampleFirstLines(Buffer.from('xx\na\nb\nyy\n').subarray(3, 7)))).toEqual(['a', 'b'])
})

test.each([
  [0, ''],
  [1, 'a'],
  [2, 'af'],
  [3, 'adg'],
  [10, 'abcdefghij'],
  [99, 'abcdefghij'],
])('%j of ten lines are evenly spaced', (count, expected) => {
  const places = Array.from({ length: 10 }, (_, i) => i)
  const lines = { size: 10, starts: places, ends: places.map((i) => i + 1), lineIndexes: places }
  const sample = sampleLines(Buffer.from('abcdefghij'), lines, count)
  expect(texts(sample).join('')).toBe(expected)
})

test('texts are as many and as long as asked for', () => {
  const sample = sampleFirstLines(Buffer.from('abcdef\ngh\nij\n'))
  expect(sampleTexts(sample, 2, 4)).toEqual(['abcd', 'gh'])
})
