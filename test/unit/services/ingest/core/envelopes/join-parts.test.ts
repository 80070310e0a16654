import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import { FROM, INSIDE_NUMBERS, TO } from '../../../../../../services/ingest/core/envelopes/envelope.ts'
import {
  createPartJoiner,
  STDERR,
  STDOUT,
  type WriteText,
} from '../../../../../../services/ingest/core/envelopes/join-parts.ts'
import { COMMENT, LINE_TOO_LONG, OK } from '../../../../../../services/ingest/core/formats/line-format.ts'
import { MAX_LINE_BYTES } from '../../../../../../services/ingest/core/parsed-block.ts'

const copy: WriteText = (from, start, end, to, at) => at + from.bytes.copy(to.bytes, at, start, end)

type Part = readonly [stream: number, text: string, isLast: boolean]

/** What each part of a block gives: the whole line, or why there is none. */
function createReader(): (parts: readonly Part[]) => (string | number)[] {
  const inside = new Int32Array(INSIDE_NUMBERS)
  const joiner = createPartJoiner(inside, copy)
  return (parts) => {
    const joined = joiner.begin(toByteSource(Buffer.from(parts.map(([, text]) => text).join(''))))
    let at = 0
    return parts.map(([stream, text, isLast]) => {
      const start = at
      at += text.length
      const outcome = joiner.add(stream, start, at, isLast)
      return outcome === OK ? joined.bytes.toString('latin1', inside[FROM], inside[TO]) : outcome
    })
  }
}

test.each<[string, readonly Part[], (string | number)[]]>([
  ['a whole line', [[STDOUT, 'abc', true]], ['abc']],
  [
    'three parts',
    [
      [STDOUT, 'a', false],
      [STDOUT, 'b', false],
      [STDOUT, 'c', true],
      [STDOUT, 'd', true],
    ],
    [COMMENT, COMMENT, 'abc', 'd'],
  ],
  [
    'parts of two streams between one another',
    [
      [STDOUT, 'a', false],
      [STDERR, 'x', false],
      [STDOUT, 'b', true],
      [STDERR, 'y', true],
    ],
    [COMMENT, COMMENT, 'ab', 'xy'],
  ],
  ['a line end', [[STDOUT, 'a\n', true]], ['a']],
  ["Windows' line end", [[STDOUT, 'a\r\n', true]], ['a']],
  ['no more than one line end', [[STDOUT, 'a\n\n', true]], ['a\n']],
  [
    'nothing',
    [
      [STDOUT, '', true],
      [STDOUT, '\n', true],
      [STDOUT, '\r\n', true],
    ],
    [COMMENT, COMMENT, COMMENT],
  ],
  [
    'an empty last part',
    [
      [STDOUT, 'a', false],
      [STDOUT, '', true],
    ],
    [COMMENT, 'a'],
  ],
])('joins %s', (_name, parts, expected) => {
  expect(createReader()(parts)).toEqual(expected)
})

test('a line may be as long as one may be, and not a byte longer', () => {
  const half = 'x'.repeat(MAX_LINE_BYTES / 2)
  const read = createReader()
  const [, whole] = read([
    [STDOUT, half, false],
    [STDOUT, `${half}\n`, true],
  ])
  expect(whole).toBe(half + half)
  const tooLong: Part[] = [
    [STDOUT, half, false],
    [STDOUT, `${half}x`, true],
    [STDOUT, 'next', true],
  ]
  expect(read(tooLong)).toEqual([COMMENT, LINE_TOO_LONG, 'next'])
})

test('parts without an end are not taken into the next block', () => {
  const read = createReader()
  expect(read([[STDOUT, 'lost', false]])).toEqual([COMMENT])
  expect(read([[STDOUT, 'a block that is longer', true]])).toEqual(['a block that is longer'])
})
