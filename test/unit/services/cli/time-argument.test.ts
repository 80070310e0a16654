import { expect, test } from 'vitest'
import { parseTimeArgument } from '../../../../services/cli/time-argument.ts'
import { InputError } from '../../../../shared/runtime/errors.ts'

const noon = Date.parse('2026-10-02T12:00:00Z')

test.each([
  ['2026-10-02T12:00:00Z', noon],
  ['2026-10-02t12:00:00z', noon],
  ['2026-10-02 12:00', noon],
  ['2026-10-02T12:00:00.250Z', noon + 250],
  ['2026-10-02T14:00:00+02:00', noon],
  ['2026-10-02', noon - 12 * 3_600_000],
  ['1790942400', noon],
  ['1790942400.5', noon + 500],
  ['1790942400000', noon],
  ['1790942400000000', noon],
  ['1790942400000000000', noon],
])('%s is a time', (text, atMs) => {
  expect(parseTimeArgument('--from', text)).toBe(atMs)
})

test.each([
  'yesterday',
  '',
  '2026-02-31',
  '2026-13-01',
  '2026-10-02T25:00:00Z',
  '10/02/2026',
  '-5',
  '123456789012345678901',
])('"%s" is refused as wrong usage, with how to write it', (text) => {
  const read = () => parseTimeArgument('--from', text)
  expect(read).toThrow(InputError)
  expect(read).toThrow(/--from .*: not a time: write it like 2026-10-02T14:00:00Z/)
})
