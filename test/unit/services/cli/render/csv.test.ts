import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from '../../../../../services/cli/render/csv.ts'

test.each([
  [['a', 1, true, null, undefined], 'a,1,true,,\r\n'],
  [['a,b', 'say "no"'], '"a,b","say ""no"""\r\n'],
  [[{ percent: 10 }], '"{""percent"":10}"\r\n'],
  [[-0.5], '-0.5\r\n'],
])('writes %j as a spreadsheet reads it', (values, line) => {
  expect(csvLine(values)).toBe(line)
})

test.each([
  ['=cmd|" /C calc"!A0', `"'=cmd|"" /C calc""!A0"\r\n`],
  ['+1+1', "'+1+1\r\n"],
  ['-2+3', "'-2+3\r\n"],
  ['@SUM(A1)', "'@SUM(A1)\r\n"],
  ['＝1+1', "'＝1+1\r\n"],
  ['\t=1+1', '\\x09=1+1\r\n'],
  ['ok\r\n=1+1', 'ok\\x0d\\x0a=1+1\r\n'],
])('takes the power from a formula: %j', (text, line) => {
  expect(csvLine([text])).toBe(line)
})

test('whatever a text holds, its line stays one line, and no cell begins as a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      expect(csvLine([text]).slice(0, -2)).not.toMatch(/\p{Cc}|^"?[=+\-@]/u)
    }),
  )
})
