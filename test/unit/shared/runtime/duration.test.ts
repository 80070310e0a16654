import { expect, test } from 'vitest'
import { durationSchema, parseDuration } from '../../../../shared/runtime/duration.ts'

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
])('reads %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected)
})

test.each(['', '2', 'h', '2 h', '-2h', '2y', '1h30', `${'9'.repeat(400)}h`])('refuses %j', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('says in a configuration how to write one', () => {
  expect(durationSchema.safeParse('soon').error?.issues[0]?.message).toBe(
    '"soon" is no duration; write it like 90s, 15m, 2h or 7d',
  )
})
