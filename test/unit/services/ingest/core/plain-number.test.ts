import { expect, test } from 'vitest'
import {
  areDigits,
  isPlainDecimal,
  isPlainInteger,
  isPlainStatus,
} from '../../../../../services/ingest/core/plain-number.ts'
import { amid } from './scanned-lines.ts'

const asks = { areDigits, isPlainDecimal, isPlainInteger, isPlainStatus }

test.each([
  ['isPlainStatus', ['0', '100', '599'], ['', '00', '099', '600', '20a', '2000', '-']],
  ['isPlainInteger', ['0', '7', '123456789012345'], ['', '007', '-1', '1.5', '1e3', '1234567890123456']],
  ['isPlainDecimal', ['0', '12', '0.25', '12.5'], ['', '.5', '5.', '-0', '1e3', '1.2.3', 'NaN']],
  ['areDigits', ['0', '007'], ['', ' 1', '1 ']],
] as const)('%s is so for %j, not for %j', (name, yes, no) => {
  const answer = (text: string) => {
    const { source, start, end } = amid(text)
    return asks[name](source.bytes, start, end)
  }
  expect(yes.map(answer)).toEqual(yes.map(() => true))
  expect(no.map(answer)).toEqual(no.map(() => false))
})
