import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSyslogFrames, onOneLine } from '../../../../../services/ingest/core/syslog-frames.ts'

const BYTES_MAX = 40

function framesOf(pieces: readonly (string | Uint8Array)[]) {
  const frames = createSyslogFrames(BYTES_MAX)
  const messages = pieces.flatMap((piece) => frames.push(Buffer.from(piece)))
  return { messages: [...messages, ...frames.rest()].map(String), tooLong: frames.tooLongCount() }
}

test('messages end with the line, or after as many bytes as they say', () => {
  expect(framesOf(['<190>one\n<190>two\r\n8 <190>3 4<190>five']).messages).toEqual([
    '<190>one',
    '<190>two',
    '<190>3 4',
    '<190>five',
  ])
})

test('a message that says its length may hold line ends, which become spaces', () => {
  expect(framesOf(['11 <190>a\nb\nc\n<190>d\n']).messages).toEqual(['<190>a b c', '<190>d'])
})

test('what begins with digits and is no length is a line', () => {
  expect(framesOf(['2026-11-21T10:00:00Z host nginx: a\n12345678 <1>\n']).messages).toEqual([
    '2026-11-21T10:00:00Z host nginx: a',
    '12345678 <1>',
  ])
})

test('a message that is too long is left out and counted, and the next one is read', () => {
  const long = `<190>${'x'.repeat(3 * BYTES_MAX)}`
  expect(framesOf([`${long}\n<190>a\n`])).toEqual({ messages: ['<190>a'], tooLong: 1 })
  expect(framesOf([`${long.length} ${long}<190>a\n`])).toEqual({ messages: ['<190>a'], tooLong: 1 })
})

test('it does not matter how the bytes arrive', () => {
  const message = fc.string({ minLength: 25, maxLength: 60 }).map((text) => `<190>${text.replaceAll(/\s/g, '_')}`)
  const framed = fc
    .tuple(message, fc.boolean())
    .map(([text, isCounted]) => (isCounted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`))
  fc.assert(
    fc.property(fc.array(framed, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (texts, size) => {
      const bytes = Buffer.from(texts.join(''))
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      )
      expect(framesOf(pieces)).toEqual(framesOf([bytes]))
    }),
  )
})

test('a datagram is one line', () => {
  expect(onOneLine(Buffer.from('<190>a\nb\r\n\0')).toString()).toBe('<190>a b')
})
