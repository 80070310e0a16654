// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, findByte, toByteSource } from './byte-source.ts'
import { type DecodeValue, decoderFor, hexDigit } from './decode-value.ts'
import type { FormatSpec } from './format-spec.ts'
import {
  BATCH_LINES,
  BYTES,
  COUNT,
  createSlots,
  DURATION,
  DURATION_MS,
  FIELD_NAMES,
  type LineFormat,
  OK,
  START,
  STATUS,
  slotOf,
  TIME,
} from './formats/line-format.ts'
import { compileFormat } from './formats/table.ts'
import { createTimeParser, type ParseTime } from './parse-time.ts'
import { isPlainDecimal, isPlainInteger, isPlainStatus } from './plain-number.ts'

/** Reads bodies that are lines of an access log into the fields that the same line would have as NDJSON. */
export interface OtlpTexts {
  /** Of the lines to come. */
  setFormat(spec: FormatSpec | undefined): void
  /**
   * Reads the line that the JSON string `[from, to)` holds, and sets where each field begins and ends in `bytes`, -1 for those
   * that are absent. False when it is not of the format, or not written as usual.
   */
  read(source: ByteSource, from: number, to: number, fields: Int32Array): boolean
  /** What the fields of all lines since `clear` are in. */
  bytes(): Uint8Array
  clear(): void
}

/** Not read from such a line: what begins when it ends, and what was counted beforehand. */
const UNUSUAL_FIELDS = [START, DURATION_MS, COUNT]
const MS_BYTES = 13
const MAX_ESCAPED_BYTES = 256
const FIRST_BYTES = 64 * 1024
/** What the fields of one line may need beyond its own bytes. */
const SPARE_BYTES = 48 * 1024
const BACKSLASH = 0x5c
const QUOTE = 0x22
const SLASH = 0x2f
const SPACE = 0x20
const DELETE = 0x7f
const ZERO = 0x30
const U = 0x75

export function createOtlpTexts(): OtlpTexts {
  const slots = createSlots()
  let texts = toByteSource(Buffer.alloc(FIRST_BYTES))
  let used = 0
  let format: UsualFormat | undefined
  let spec: FormatSpec | undefined

  function setFormat(asked: FormatSpec | undefined): void {
    if (asked === spec) return
    spec = asked
    format = asked === undefined ? undefined : toUsualFormat(compileFormat(asked))
  }

  function read(source: ByteSource, from: number, to: number, fields: Int32Array): boolean {
    if (format === undefined) return false
    reserve(to - from + SPARE_BYTES)
    const start = used
    if (!putText(source.bytes, from, to)) return false
    const end = used
    // All of a batch is more than one line needs.
    for (let slot = 0; slot < slots.length; slot += BATCH_LINES) slots[slot] = -1
    if (format.scan(texts, start, end, slots, 0) !== OK) return false
    for (let field = 0; field < FIELD_NAMES.length; field++) {
      const slot = slotOf(field)
      fields[2 * field] = slots[slot] as number
      fields[2 * field + 1] = slots[slot + BATCH_LINES] as number
    }
    return areUsual(fields, format) && putTime(fields, format.parseTime) && rewriteEscapes(fields, format)
  }

  function reserve(size: number): void {
    if (used + size <= texts.bytes.length) return
    const longer = Buffer.alloc(2 * texts.bytes.length + size)
    texts.bytes.copy(longer, 0, 0, used)
    texts = toByteSource(longer)
  }

  /** What the JSON string holds, as far as its escapes are of single ASCII characters that may stand in a line. */
  function putText(bytes: Buffer, from: number, to: number): boolean {
    const written = texts.bytes
    for (let at = from; at < to; at++) {
      let byte = bytes[at] as number
      if (byte === BACKSLASH) {
        byte = bytes[++at] as number
        if (byte === U && at + 4 < to) {
          byte = asciiOf(bytes, at + 1)
          at += 4
        } else if (byte !== QUOTE && byte !== BACKSLASH && byte !== SLASH) {
          return false
        }
      }
      if (byte < SPACE) return false
      written[used++] = byte
    }
    return true
  }

  function areUsual(fields: Int32Array, { hasSeconds }: UsualFormat): boolean {
    const { bytes } = texts
    for (const field of UNUSUAL_FIELDS) if ((fields[2 * field] as number) >= 0) return false
    if (!isPlainStatus(bytes, fields[2 * STATUS] as number, fields[2 * STATUS + 1] as number)) return false
    const sizeAt = fields[2 * BYTES] as number
    if (sizeAt >= 0 && !isPlainInteger(bytes, sizeAt, fields[2 * BYTES + 1] as number)) return false
    const durationAt = fields[2 * DURATION] as number
    return durationAt < 0 || (hasSeconds && isPlainDecimal(bytes, durationAt, fields[2 * DURATION + 1] as number))
  }

  /** In milliseconds: NDJSON has no other format's times. */
  function putTime(fields: Int32Array, parseTime: ParseTime): boolean {
    const timeAt = fields[2 * TIME] as number
    const atMs = timeAt < 0 ? Number.NaN : parseTime(texts, timeAt, fields[2 * TIME + 1] as number)
    if (!(atMs >= 1e12)) return false
    fields[2 * TIME] = used
    let rest = atMs
    for (let at = used + MS_BYTES - 1; at >= used; at--) {
      const tens = Math.floor(rest / 10)
      texts.bytes[at] = ZERO + rest - 10 * tens
      rest = tens
    }
    used += MS_BYTES
    fields[2 * TIME + 1] = used
    return true
  }

  /** Writes values with escapes as JSON does. */
  function rewriteEscapes(fields: Int32Array, { decode }: UsualFormat): boolean {
    if (decode === undefined) return true
    for (let slot = 0; slot < fields.length; slot += 2) {
      const from = fields[slot] as number
      const to = fields[slot + 1] as number
      if (from < 0 || findByte(texts, BACKSLASH, from, to) === to) continue
      if (to - from > MAX_ESCAPED_BYTES) return false
      const json = JSON.stringify(decode(texts.bytes, from, to))
      fields[slot] = used
      used += texts.bytes.write(json.slice(1, -1), used)
      fields[slot + 1] = used
    }
    return true
  }

  return {
    setFormat,
    read,
    bytes: () => texts.bytes.subarray(0, used),
    clear() {
      used = 0
    },
  }
}

/** The character of four hexadecimal digits, 0 when it is no printable one of ASCII. */
function asciiOf(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at + 2] as number)
  const low = hexDigit(bytes[at + 3] as number)
  const isAscii = bytes[at] === ZERO && bytes[at + 1] === ZERO && high >= 2 && high < 8 && low >= 0
  return isAscii && high * 16 + low !== DELETE ? high * 16 + low : 0
}

/** A format whose fields can be written as JSON's. */
interface UsualFormat {
  readonly scan: LineFormat['scan']
  readonly parseTime: ParseTime
  /** Undoes its escapes, where these are not JSON's. */
  readonly decode: DecodeValue | undefined
  /** Are its durations in seconds, as NDJSON's are? */
  readonly hasSeconds: boolean
}

function toUsualFormat({
  scan,
  time,
  escaping,
  userAgentEscaping,
  begin,
  durationUnitMs,
}: LineFormat): UsualFormat | undefined {
  const isUsual = escaping === 'backslash' || escaping === 'none' || escaping === 'json'
  if (!isUsual || userAgentEscaping !== undefined || begin !== undefined || time === 'clock') return undefined
  const decode = escaping === 'json' ? undefined : decoderFor(escaping)
  return { scan, parseTime: createTimeParser(time), decode, hasSeconds: durationUnitMs === 1000 }
}
