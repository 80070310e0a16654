import { beforeEach, expect, test } from 'vitest'
import { type Keep, keepAnswers } from '../../../../../services/api/io/keep-answers.ts'

let nowMs: number
let reads: number
let keep: Keep<number>

beforeEach(() => {
  nowMs = 1_000_000
  reads = 0
  keep = keepAnswers<number>({ nowMs: () => nowMs, freshMs: 30_000, keptMs: 60_000, answersMax: 2 })
})

const read = async () => {
  reads += 1
  return reads
}

test('an answer is read once, however many ask for it at once and soon after', async () => {
  expect(await Promise.all([keep('a', read), keep('a', read)])).toEqual([1, 1])
  nowMs += 29_999
  expect(await keep('a', read)).toBe(1)
  expect(reads).toBe(1)
})

test('an older answer is given while it is read anew, and none that is a minute old', async () => {
  await keep('a', read)
  nowMs += 30_000
  expect(await keep('a', read)).toBe(1)
  expect(await keep('a', read)).toBe(2)
  nowMs += 60_000
  expect(await keep('a', read)).toBe(3)
})

test('an answer that is no longer right is read anew', async () => {
  await keep('a', read)
  expect(await keep('a', read, (answer) => answer > 1)).toBe(2)
})

test('a failure is told and not kept', async () => {
  await expect(keep('a', () => Promise.reject(new Error('no engine')))).rejects.toThrow('no engine')
  expect(await keep('a', read)).toBe(1)
})

test('the oldest answers are forgotten beyond a number of them', async () => {
  for (const key of ['a', 'b', 'c']) await keep(key, read)
  expect(await keep('c', read)).toBe(3)
  expect(await keep('a', read)).toBe(4)
})
