// Hot path: indexes bytes, several parameters.
import { type ByteSource, toByteSource } from '../byte-source.ts'
import {
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  skipString,
  skipValue,
} from '../formats/json-scan.ts'
import { UNMATCHED } from '../formats/line-format.ts'
import { type Envelope, INSIDE_NUMBERS } from './envelope.ts'
import { createPartJoiner, STDERR, STDOUT } from './join-parts.ts'
import { writeUnescaped } from './unescape-json.ts'

/** Where a JSON object has the text of a log line, under `log` or `message`. */
export interface WrappedText {
  /** The text within its quotes, as it is escaped. */
  textFrom: number
  textTo: number
  isStderr: boolean
  /** Only container runtimes say which of a program's outputs it was. */
  hasStream: boolean
}

export function noText(): WrappedText {
  return { textFrom: -1, textTo: -1, isStderr: false, hasStream: false }
}

/** An envelope of such objects; `judge` says whether a text is a line, a part of one, or none of this envelope's. */
export function createWrapped(judge: (bytes: Buffer, text: WrappedText) => 'whole' | 'part' | 'other'): Envelope {
  const inside = new Int32Array(INSIDE_NUMBERS).fill(-1)
  const joiner = createPartJoiner(inside, writeUnescaped)
  const text = noText()
  let block = toByteSource(new Uint8Array(0))
  return {
    inside,
    begin(source) {
      block = source
      return joiner.begin(source)
    },
    unwrap(start, end) {
      const judged = readWrapped(block, start, end, text) ? judge(block.bytes, text) : 'other'
      if (judged === 'other') return UNMATCHED
      // Only parts can come between one another.
      return joiner.add(text.isStderr ? STDERR : STDOUT, text.textFrom, text.textTo, judged === 'whole')
    },
  }
}

/** Finds the text in the JSON object `[start, end)`. False: there is none, or it is no object. */
export function readWrapped(source: ByteSource, start: number, end: number, record: WrappedText): boolean {
  const bytes = source.bytes
  record.textFrom = -1
  record.hasStream = false
  record.isStderr = false
  let at = skipSpace(bytes, start, end)
  if (at >= end || bytes[at] !== OPEN_OBJECT) return false
  at = skipSpace(bytes, at + 1, end)
  while (at < end) {
    at = readMember(source, at, end, record)
    if (at < 0) return false
    at = skipSpace(bytes, at, end)
    if (at < end && bytes[at] === CLOSE_OBJECT) return record.textFrom >= 0
    if (at >= end || bytes[at] !== COMMA) return false
    at = skipSpace(bytes, at + 1, end)
  }
  return false
}

/** Where the member ends, or -1. */
function readMember(source: ByteSource, start: number, end: number, record: WrappedText): number {
  const bytes = source.bytes
  const keyEnd = bytes[start] === QUOTE ? skipString(source, start, end) : -1
  if (keyEnd < 0) return -1
  const colonAt = skipSpace(bytes, keyEnd, end)
  if (colonAt >= end || bytes[colonAt] !== COLON) return -1
  const valueAt = skipSpace(bytes, colonAt + 1, end)
  if (valueAt >= end) return -1
  const valueEnd = skipValue(source, valueAt, end)
  if (valueEnd < 0 || bytes[valueAt] !== QUOTE) return valueEnd
  if (isKey(bytes, start, keyEnd, LOG) || isKey(bytes, start, keyEnd, MESSAGE)) {
    record.textFrom = valueAt + 1
    record.textTo = valueEnd - 1
  } else if (isKey(bytes, start, keyEnd, STREAM)) {
    record.hasStream = true
    record.isStderr = bytes[valueAt + 4] === LETTER_E
  }
  return valueEnd
}

const LOG = Buffer.from('"log"')
const MESSAGE = Buffer.from('"message"')
const STREAM = Buffer.from('"stream"')
/** The fourth letter of `stderr`. */
const LETTER_E = 0x65

function isKey(bytes: Buffer, start: number, end: number, key: Buffer): boolean {
  if (end - start !== key.length) return false
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false
  return true
}
