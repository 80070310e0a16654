import { expect, test } from 'vitest'
import { readingText, startProgress } from '../../../../services/cli/progress.ts'

test('progress says how fast it goes and how long it will take', () => {
  const progress = { lines: 1_900_000, bytesRead: 250, bytesTotal: 1_000 }
  expect(readingText(progress, 2_000)).toBe('reading  1,900,000 lines  950 k lines/s  25 %  6 s left')
})

test('a pipe has no end to wait for', () => {
  expect(readingText({ lines: 10, bytesRead: 250 }, 2_000)).toBe('reading  10 lines  5 lines/s')
})

test('nothing is written where nobody watches, and the line is gone at the end', () => {
  const run = (watched: boolean) => {
    const written: string[] = []
    const line = startProgress({ watched, writeError: (text) => written.push(text) }, () => 1_000)
    line.reading({ lines: 1, bytesRead: 1 })
    line.doing('weighing the changes')
    line.clear()
    return written
  }
  expect(run(false)).toEqual([])
  expect(run(true).at(-1)).toMatch(/^\r +\r$/)
})
