import { beforeEach, expect, test } from 'vitest'
import { type Keep, keepAnswers, keepEachAnswer } from '../../../../../services/api/io/keep-answers.ts'

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

test('of many answers only those that are not known are read, together, and again once they are old', async () => {
  const asked: string[][] = []
  const keepEach = keepEachAnswer<number>({ nowMs: () => nowMs, keptMs: 60_000, answersMax: 3 })
  const readMissing = async (missing: readonly string[]) => {
    asked.push([...missing])
    // Of one nothing is known.
    return new Map(missing.filter((key) => key !== 'none').map((key) => [key, asked.length]))
  }
  expect([...(await keepEach(['a', 'b', 'none'], readMissing))]).toEqual([
    ['a', 1],
    ['b', 1],
  ])
  expect([...(await keepEach(['b', 'c'], readMissing))]).toEqual([
    ['b', 1],
    ['c', 2],
  ])
  await keepEach(['a', 'b', 'c'], readMissing)
  nowMs += 60_000
  await keepEach(['a'], readMissing)
  expect(asked).toEqual([['a', 'b', 'none'], ['c'], ['a']])
})

test('of many answers no more are kept than may be', async () => {
  const keepEach = keepEachAnswer<number>({ nowMs: () => nowMs, keptMs: 60_000, answersMax: 2 })
  const readMissing = async (missing: readonly string[]) => {
    reads += missing.length
    return new Map(missing.map((key) => [key, 1]))
  }
  await keepEach(['a', 'b', 'c'], readMissing)
  await keepEach(['b', 'c'], readMissing)
  expect(reads).toBe(3)
  await keepEach(['a'], readMissing)
  expect(reads).toBe(4)
})
