import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import { skipSpace, skipString, skipValue } from '../../../../../../services/ingest/core/formats/json-scan.ts'
import { amid } from '../scanned-lines.ts'

type Skip = typeof skipValue

/** Where a value ends, from the text's start, or -1. */
function skipped(skip: Skip, text: string, after?: string): number {
  const { source, start, end } = amid(text, after)
  const at = skip(source, start, end)
  return at < 0 ? at : at - start
}

const json = fc
  .tuple(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), fc.constantFrom('', ' ', '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent))
/** What can follow a value in a line. */
const following = fc.tuple(fc.constantFrom(',', '}', ']', ' ', ' ,"a":1}'), fc.string()).map((parts) => parts.join(''))
/** Pieces of JSON in no order. */
const pieces = fc
  .array(fc.constantFrom('{', '}', '[', ']', '"', '\\', '\\"', ':', ',', ' ', '1', '-', 'e', 'true', 'nul', 'é'), {
    minLength: 1,
    maxLength: 20,
  })
  .map((parts) => parts.join(''))
/** A text, and what stands behind it: for a value that was cut, its rest. */
const cutText = fc.oneof(
  fc.tuple(pieces, pieces),
  fc.tuple(json, fc.nat()).map(([value, at]) => {
    const cut = 1 + (at % value.length)
    return [value.slice(0, cut), value.slice(cut)] as const
  }),
)

test('ends a JSON value where it ends, whatever follows', () => {
  fc.assert(
    fc.property(json, following, (value, rest) => {
      expect(skipped(skipValue, value + rest)).toBe(Buffer.byteLength(value))
      expect(skipped(skipValue, value, rest)).toBe(Buffer.byteLength(value))
    }),
    { numRuns: 1_000 },
  )
})

test('a string, a list or an object that is cut short has no end', () => {
  const bracketed = json.filter((value) => /^["[{]/.test(value))
  fc.assert(
    fc.property(bracketed, fc.nat(), (value, cut) => {
      expect(skipped(skipValue, value.slice(0, 1 + (cut % (value.length - 1))))).toBe(-1)
    }),
    { numRuns: 500 },
  )
})

test('never reads past the end', () => {
  fc.assert(
    fc.property(cutText, fc.constantFrom(skipValue, skipString), ([text, after], skip) => {
      const alone = toByteSource(Buffer.from(text))
      const at = skip(alone, 0, alone.bytes.length)
      expect(at).toBeLessThanOrEqual(alone.bytes.length)
      expect(skipped(skip, text, after)).toBe(at)
    }),
    { numRuns: 1_000 },
  )
})

test('what is inside a string opens and closes nothing', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      const value = `[{"a":${JSON.stringify(text)}}]`
      expect(skipped(skipValue, `${value}]`)).toBe(Buffer.byteLength(value))
    }),
  )
})

test('a value as deep as a line is long does not exhaust the stack', () => {
  const depth = 64 * 1024
  expect(skipped(skipValue, '['.repeat(depth) + ']'.repeat(depth))).toBe(2 * depth)
  expect(skipped(skipValue, '{"a":'.repeat(depth))).toBe(-1)
})

test('skips the space that JSON allows between values within a line, and no more', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(' ', '\t', '\r') }),
      fc.constantFrom('', 'a ', '"', '\0', '\n'),
      (...parts) => {
        const { source, start, end } = amid(parts.join(''), '   ')
        expect(skipSpace(source.bytes, start, end) - start).toBe(parts[0].length)
      },
    ),
  )
})
