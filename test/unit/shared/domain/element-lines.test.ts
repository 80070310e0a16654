import fc from 'fast-check'
import { expect, test } from 'vitest'
import { elementLines } from '../../../../shared/domain/element-lines.ts'

test.each<[string, readonly number[]]>([
  ['[]', []],
  ['[\n\n]', []],
  ['[1]', [1]],
  ['[1,2,3]', [1, 1, 1]],
  ['\n\n[\n1,\n\n2]', [4, 6]],
  ['[{"a":1,"b":[1,\n2]},\n{"a":{"c":[]}}]', [1, 3]],
  ['[\r\n"a, b]",\r\n"c\\"],[",\r\n"\\\\"\r\n]', [2, 3, 4]],
  ['[null,\ntrue,\n-1.5e3,\n"",\n[],\n{}]', [1, 2, 3, 4, 5, 6]],
])('of %j the elements begin on lines %j', (text, lines) => {
  expect(JSON.parse(text)).toHaveLength(lines.length)
  expect(elementLines(text)).toEqual(lines)
})

test('any array, however it is written, has a line for every element', () => {
  const elements = fc.array(fc.tuple(fc.jsonValue(), fc.nat(3), fc.nat(3)), { maxLength: 20 })
  fc.assert(
    fc.property(elements, fc.nat(3), (written, indent) => {
      let text = '['
      const lines: number[] = []
      for (const [index, [value, before, after]] of written.entries()) {
        text += `${index > 0 ? ',' : ''}${'\n'.repeat(before)}`
        lines.push(text.split('\n').length)
        text += `${JSON.stringify(value, null, indent)}${'\n'.repeat(after)}`
      }
      expect(elementLines(`${text}]`)).toEqual(lines)
    }),
  )
})

test('a text of many million characters is no more than long', () => {
  const plain = 'x'.repeat(20_000_000)
  const quoted = '\\"'.repeat(10_000_000)
  expect(elementLines(`["${plain}",\n"${quoted}",\n1]`)).toEqual([1, 2, 3])
})
