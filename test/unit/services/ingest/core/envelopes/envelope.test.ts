import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import {
  type EnvelopeDefinition,
  FROM,
  HOST_FROM,
  HOST_TO,
  INSIDE_NUMBERS,
  putInEnvelope,
  TO,
} from '../../../../../../services/ingest/core/envelopes/envelope.ts'
import {
  COMMENT,
  createSlots,
  HOST,
  type LineFormat,
  NO_STATUS,
  OK,
  TARGET,
  UNMATCHED,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { setRange } from '../../../../../../services/ingest/core/formats/slot-range.ts'
import { slotText } from '../scanned-lines.ts'

/** `host>line`, where either may be missing; what begins with # is a part. */
const arrow: EnvelopeDefinition = {
  create() {
    const inside = new Int32Array(INSIDE_NUMBERS)
    let bytes = toByteSource(new Uint8Array(0)).bytes
    return {
      inside,
      begin(block) {
        bytes = block.bytes
        return block
      },
      unwrap(start, end) {
        if (bytes[start] === 0x23) return COMMENT
        const at = bytes.subarray(0, end).indexOf('>', start)
        if (at < 0) return UNMATCHED
        inside[FROM] = at + 1
        inside[TO] = end
        inside[HOST_FROM] = at === start ? -1 : start
        inside[HOST_TO] = at
        return OK
      },
    }
  },
}

/** `path` or `host path`; `!` has no status. */
const words: LineFormat = {
  time: 'clf',
  escaping: 'json',
  durationUnitMs: 1000,
  scan(source, start, end, slots, line) {
    if (source.bytes[start] === 0x21) return NO_STATUS
    const space = source.bytes.subarray(0, end).indexOf(' ', start)
    if (space >= 0) setRange(slots, HOST, line, start, space)
    setRange(slots, TARGET, line, space < 0 ? start : space + 1, end)
    return OK
  },
}

function scan(text: string) {
  const source = toByteSource(Buffer.from(`xx${text}`))
  const format = putInEnvelope(arrow, words)
  const slots = createSlots()
  format.begin?.(source, '')
  const outcome = format.scan(source, 2, source.bytes.length, slots, 3)
  return { outcome, target: slotText(source, slots, TARGET, 3), host: slotText(source, slots, HOST, 3) }
}

test.each([
  ['edge-1>/a', { outcome: OK, target: '/a', host: 'edge-1' }],
  ['edge-1>pod-1 /a', { outcome: OK, target: '/a', host: 'pod-1' }],
  ['>/a', { outcome: OK, target: '/a', host: undefined }],
  ['>pod-1 /a', { outcome: OK, target: '/a', host: 'pod-1' }],
  ['edge-1>!', { outcome: NO_STATUS, target: undefined, host: undefined }],
  ['/a', { outcome: UNMATCHED, target: undefined, host: undefined }],
  ['#/a', { outcome: COMMENT, target: undefined, host: undefined }],
] as const)("the host of the envelope is a line's that has none: %s", (text, expected) => {
  expect(scan(text)).toEqual(expected)
})

test('a format in an envelope writes times, escapes and durations as it does alone', () => {
  expect(putInEnvelope(arrow, words)).toMatchObject({ time: 'clf', escaping: 'json', durationUnitMs: 1000 })
})

test('a format begins with the bytes that the envelope found lines in, and may find its own elsewhere', () => {
  const block = toByteSource(Buffer.from('>/a'))
  const other = toByteSource(Buffer.from('>/b'))
  const begun: unknown[] = []
  const format: LineFormat = {
    ...words,
    begin: (source, directives) => {
      begun.push(source, directives)
      return other
    },
  }
  expect(putInEnvelope(arrow, format).begin?.(block, '#Fields: x')).toBe(other)
  expect(begun).toEqual([block, '#Fields: x'])
  expect(putInEnvelope(arrow, words).begin?.(block, '')).toBe(block)
})
