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
import { type Envelope, type EnvelopeDefinition, INSIDE_NUMBERS } from './envelope.ts'
import { createPartJoiner, STDERR, STDOUT } from './join-parts.ts'
import { writeUnescaped } from './unescape-json.ts'

/**
 * What Docker's json-file driver writes: `{"log":"the line\n","stream":"stdout","time":"2026-11-21T10:00:00.1Z"}`. A line
 * longer than 16 KiB is cut into several, of which only the last ends with `\n`.
 */
export const docker: EnvelopeDefinition = {
  create: createDocker,
  isPart: (source, start, end) => {
    const record = { logFrom: -1, logTo: -1, isStderr: false, hasStream: false }
    return readRecord(source, start, end, record) && !endsLine(source.bytes, record.logFrom, record.logTo)
  },
}

interface DockerRecord {
  /** The text within its quotes. */
  logFrom: number
  logTo: number
  isStderr: boolean
  hasStream: boolean
}

function createDocker(): Envelope {
  const inside = new Int32Array(INSIDE_NUMBERS).fill(-1)
  const joiner = createPartJoiner(inside, writeUnescaped)
  const record: DockerRecord = { logFrom: -1, logTo: -1, isStderr: false, hasStream: false }
  let block = toByteSource(new Uint8Array(0))

  return {
    inside,
    begin(source) {
      block = source
      return joiner.begin(source)
    },
    unwrap(start, end) {
      if (!readRecord(block, start, end, record)) return UNMATCHED
      const { logFrom, logTo, isStderr } = record
      return joiner.add(isStderr ? STDERR : STDOUT, logFrom, logTo, endsLine(block.bytes, logFrom, logTo))
    },
  }
}

/** False: it is none of Docker's. */
function readRecord(source: ByteSource, start: number, end: number, record: DockerRecord): boolean {
  const bytes = source.bytes
  record.logFrom = -1
  record.hasStream = false
  let at = skipSpace(bytes, start, end)
  if (at >= end || bytes[at] !== OPEN_OBJECT) return false
  at = skipSpace(bytes, at + 1, end)
  while (at < end) {
    at = readMember(source, at, end, record)
    if (at < 0) return false
    at = skipSpace(bytes, at, end)
    if (at < end && bytes[at] === CLOSE_OBJECT) return record.logFrom >= 0 && record.hasStream
    if (at >= end || bytes[at] !== COMMA) return false
    at = skipSpace(bytes, at + 1, end)
  }
  return false
}

/** Where the member ends, or -1. */
function readMember(source: ByteSource, start: number, end: number, record: DockerRecord): number {
  const bytes = source.bytes
  const keyEnd = bytes[start] === QUOTE ? skipString(source, start, end) : -1
  if (keyEnd < 0) return -1
  const colonAt = skipSpace(bytes, keyEnd, end)
  if (colonAt >= end || bytes[colonAt] !== COLON) return -1
  const valueAt = skipSpace(bytes, colonAt + 1, end)
  if (valueAt >= end) return -1
  const valueEnd = skipValue(source, valueAt, end)
  if (valueEnd < 0 || bytes[valueAt] !== QUOTE) return valueEnd
  if (isKey(bytes, start, keyEnd, LOG)) {
    record.logFrom = valueAt + 1
    record.logTo = valueEnd - 1
  } else if (isKey(bytes, start, keyEnd, STREAM)) {
    record.hasStream = true
    record.isStderr = bytes[valueAt + 4] === LETTER_E
  }
  return valueEnd
}

const LOG = Buffer.from('"log"')
const STREAM = Buffer.from('"stream"')
/** The fourth letter of `stderr`. */
const LETTER_E = 0x65
const BACKSLASH = 0x5c
const LETTER_N = 0x6e

function isKey(bytes: Buffer, start: number, end: number, key: Buffer): boolean {
  if (end - start !== key.length) return false
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false
  return true
}

/** `\n`, whose backslash is not itself escaped. */
function endsLine(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 2 || bytes[end - 1] !== LETTER_N) return false
  let at = end - 1
  while (at > start && bytes[at - 1] === BACKSLASH) at--
  return (end - 1 - at) % 2 === 1
}
