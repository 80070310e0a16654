import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAtSeparators } from '../../../../../services/ingest/core/cut-at-separators.ts'

const cut = (line: string, separator: string) =>
  cutAtSeparators(line, separator).map(({ open, text, close }) => `${open}${text}${close}`)

test.each([
  ['', ' ', ['']],
  ['a', ' ', ['a']],
  ['a  b ', ' ', ['a', '', 'b', '']],
  ['a | b|c | d', ' | ', ['a', 'b|c', 'd']],
  ['[26/Jan/2019:19:45:25 +0330] x', ' ', ['[26/Jan/2019:19:45:25 +0330]', 'x']],
  ['"GET / HTTP/1.1" 200', ' ', ['"GET / HTTP/1.1"', '200']],
  ['"a,b","c"', ',', ['"a,b"', '"c"']],
  ['"a"b c" d', ' ', ['"a"b c"', 'd']],
  [String.raw`"a\" b" c`, ' ', [String.raw`"a\" b"`, 'c']],
  [String.raw`"a\\" b`, ' ', [String.raw`"a\\"`, 'b']],
  ['"a b', ' ', ['"a', 'b']],
  ['[a b', ' ', ['[a', 'b']],
  ['x"a b"', ' ', ['x"a', 'b"']],
  ['"" []', ' ', ['""', '[]']],
])('cuts %j at %j', (line, separator, cells) => {
  expect(cut(line, separator)).toEqual(cells)
})

test('tells the text apart from what it stands in', () => {
  expect(cutAtSeparators('a "b c" [d]', ' ')).toEqual([
    { open: '', close: '', text: 'a' },
    { open: '"', close: '"', text: 'b c' },
    { open: '[', close: ']', text: 'd' },
  ])
})

test('loses nothing of a line, whatever it holds, but what is behind the fortieth cell', () => {
  const line = fc.string({ unit: fc.constantFrom('a', '"', '[', ']', '\\', ' ', '|'), maxLength: 39 })
  fc.assert(
    fc.property(line, fc.constantFrom(' ', '|', ' | '), (text, separator) => {
      expect(cut(text, separator).join(separator)).toBe(text)
    }),
  )
  expect(cut('a '.repeat(100_000), ' ')).toHaveLength(40)
})
