import { expect, test } from 'vitest'
import { createForetoldGaps, LINE_START, NO_GAP } from '../../../../../../services/ingest/core/formats/foretold-gaps.ts'
import { keyOf } from '../json-keys.ts'
import { amid } from '../scanned-lines.ts'

const NODE = 3

/** Gaps to which texts are given, each with the value behind it. */
function createGaps() {
  const gaps = createForetoldGaps()
  return {
    ...gaps,
    find(before: number, gap: string, value: string) {
      const { source, start, end } = amid(gap + value)
      return gaps.find(before, source, start, end)
    },
    learn(before: number, gap: string, value: string) {
      const { source, start } = amid(gap + value)
      return gaps.learn(before, source, start, start + gap.length, NODE, keyOf('status'))
    },
    isSteady(gap: number, value: string) {
      const { source, start, end } = amid(value)
      return gaps.isSteady(gap, source, start, end)
    },
  }
}

test('a gap is found after the one that it came after, whatever its value', () => {
  const gaps = createGaps()
  const first = gaps.learn(LINE_START, '{"status":', '200')
  const second = gaps.learn(first, ',"path":"', '/a')
  expect(gaps.find(LINE_START, '{"status":', '5')).toBe(first)
  expect(gaps.find(first, ',"path":"', '')).toBe(NO_GAP)
  expect(gaps.find(first, ',"path":"', '/other')).toBe(second)
  expect(gaps.find(LINE_START, ',"path":"', '/a')).toBe(NO_GAP)
  expect(gaps.find(NO_GAP, '{"status":', '5')).toBe(NO_GAP)
  expect([gaps.nodes[first], gaps.keys[first]]).toEqual([NODE, keyOf('status')])
})

test('several may come after one, and all lead to the same', () => {
  const gaps = createGaps()
  const texts = ['{"a":"', '{"b":"', '{"service":"', '{"service":']
  const learnt = texts.map((text) => gaps.learn(LINE_START, text, 'x'))
  expect(texts.map((text) => gaps.find(LINE_START, text, 'x'))).toEqual(learnt)
  expect(gaps.learn(learnt[0] ?? NO_GAP, '{"b":"', 'x')).toBe(learnt[1])
})

test('a gap of any length is found, and after one that was too long to be learnt the next is', () => {
  const gaps = createGaps()
  const comma = gaps.learn(LINE_START, '","', 'x')
  expect(gaps.find(LINE_START, '","', 'y')).toBe(comma)
  expect(gaps.find(LINE_START, '",,', 'y')).toBe(NO_GAP)
  const long = gaps.learn(LINE_START, `{"${'x'.repeat(600)}":"`, 'x')
  expect(long).toBe(NO_GAP)
  const resumed = gaps.learn(long, ',"a":"', 'x')
  const next = gaps.learn(resumed, ',"b":"', 'x')
  expect(gaps.learn(long, ',"a":"', 'y')).toBe(resumed)
  expect(gaps.find(resumed, ',"b":"', 'y')).toBe(next)
})

test('an object is not taken for the number that was there before', () => {
  const gaps = createGaps()
  const gap = gaps.learn(LINE_START, '{"http":', '1')
  expect(gaps.find(LINE_START, '{"http":', '2')).toBe(gap)
  for (const other of ['{"route":1}', '[1]', ']', '"a"']) expect(gaps.find(LINE_START, '{"http":', other)).toBe(NO_GAP)
})

test('a value is steady when it was the same in many lines on end', () => {
  const gaps = createGaps()
  const gap = gaps.learn(LINE_START, '{"scheme":"', 'https')
  const seen = Array.from({ length: 100 }, () => gaps.isSteady(gap, 'https'))
  expect(seen.indexOf(true)).toBeGreaterThan(10)
  expect(seen).toContain(true)
  expect(Array.from({ length: 100 }, (_, i) => gaps.isSteady(gap, `${i % 3} days`))).not.toContain(true)
})

test('ever new gaps fill nothing up: from the next line on they are learnt afresh', () => {
  const gaps = createGaps()
  const names = Array.from({ length: 5_000 }, (_, i) => `{"name-${i}":"`)
  const learnt = names.map((name) => gaps.learn(LINE_START, name, 'x'))
  expect(learnt.at(-1)).toBe(NO_GAP)
  gaps.beginLine()
  const last = names.at(-1) ?? ''
  const again = gaps.learn(LINE_START, last, 'x')
  expect(gaps.find(LINE_START, last, 'x')).toBe(again)
  expect(gaps.find(LINE_START, names[0] ?? '', 'x')).toBe(NO_GAP)
})
