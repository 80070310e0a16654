import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSlots,
  METHOD,
  TARGET,
  VIRTUAL_HOST,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { setHostOfTarget, splitRequestLine } from '../../../../../../services/ingest/core/formats/request-line.ts'
import { amid, scannedLines, slotText } from '../scanned-lines.ts'

/** Method and target of a request line, in line 3 of a batch. */
function split(text: string): (string | undefined)[] {
  const { source, start, end } = amid(text, ' HTTP/1.1"')
  const slots = createSlots()
  splitRequestLine(source, start, end, slots, 3)
  return [slotText(source, slots, METHOD, 3), slotText(source, slots, TARGET, 3)]
}

const method = fc.oneof(fc.constantFrom('GET', 'VERSION-CONTROL'), fc.stringMatching(/^[A-Za-z-]{1,32}$/))
const target = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })

test('gives back the method and the target that a client sent, spaces and all', () => {
  fc.assert(
    fc.property(method, target, fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/2', 'HTTP/3'), (...line) => {
      const [sentMethod, sentTarget] = line
      expect(split(line.join(' '))).toEqual([sentMethod, sentTarget])
    }),
    { numRuns: 500 },
  )
})

test('the protocol may be missing', () => {
  const path = target.map((text) => `/${text.replaceAll('/', '')}`)
  fc.assert(
    fc.property(method, path, (sentMethod, sentTarget) => {
      expect(split(`${sentMethod} ${sentTarget}`)).toEqual([sentMethod, sentTarget])
    }),
  )
})

test('any bytes have a target within them, and a method only before it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('G', 'H', ' ', '/', '-', 'é', '\\', '1'), maxLength: 20 }),
      (text) => {
        const [found, rest] = split(text)
        expect(rest === undefined ? ['', '-'] : [text]).toContain(text)
        expect(text.startsWith(found === undefined ? (rest ?? '') : `${found} ${rest}`)).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ['GET /a/b?c=d HTTP/1.1', 'GET', '/a/b?c=d'],
  ['GET / HTTP/2', 'GET', '/'],
  ['GET /two words HTTP/1.0', 'GET', '/two words'],
  ['GET /old', 'GET', '/old'],
  ['get /low HTTP/1.1', 'get', '/low'],
  ['OPTIONS * HTTP/1.1', 'OPTIONS', '*'],
  ['CONNECT host.example:443 HTTP/1.1', 'CONNECT', 'host.example:443'],
  ['GET HTTP/1.1', 'GET', 'HTTP/1.1'],
  ['GET', undefined, 'GET'],
  ['GET ', undefined, 'GET '],
  [' /a', undefined, ' /a'],
  [`${'A'.repeat(33)} / HTTP/1.1`, undefined, `${'A'.repeat(33)} / HTTP/1.1`],
  [String.raw`\x16\x03\x01`, undefined, String.raw`\x16\x03\x01`],
  ['() { :; }; /bin/sh', undefined, '() { :; }; /bin/sh'],
  ['-', undefined, undefined],
  ['', undefined, undefined],
])('splits %j into %j and %j', (text, ...expected) => {
  expect(split(text)).toEqual(expected)
})

test.each([
  ['https://shop.example:443/a?b', 'shop.example:443'],
  ['http://shop.example', 'shop.example'],
  ['http://shop.example?b=/c', 'shop.example'],
  ['http:///a', undefined],
  ['http://', undefined],
  ['http:/', undefined],
  ['/a?b=http://other.example/', undefined],
  ['shop.example:443', undefined],
  ['*', undefined],
])('the target %s names the virtual host %j', (target, virtualHost) => {
  const { source, slots } = scannedLines([{ [TARGET]: target }])
  setHostOfTarget(source, slots, 0)
  expect(slotText(source, slots, VIRTUAL_HOST)).toBe(virtualHost)
})

test('a line without a target names no virtual host', () => {
  const { source, slots } = scannedLines([{}])
  setHostOfTarget(source, slots, 0)
  expect(slotText(source, slots, VIRTUAL_HOST)).toBeUndefined()
})
