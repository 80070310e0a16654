// Hot path: indexes bytes, several parameters.
import { toByteSource } from './byte-source.ts'
import type { JsonEntry } from './formats/json-table.ts'
import { createJsonBytes, type JsonPiece, toJsonPiece } from './json-bytes.ts'
import { findAttribute } from './otlp-gaps.ts'
import { createWireFields, FIXED_64, LENGTH, VARINT, varintAt } from './wire-fields.ts'

/** A larger request is read otherwise: what is written of it may be several times as long. */
const MAX_BYTES = 8 * 1024 * 1024
/** Of a line, after which the next records go on another: what one line holds is not cut up again. */
const MAX_LINE_BYTES = 128 * 1024
/** As other readers of a request keep of a text. */
const MAX_TEXT_CHARACTERS = 16 * 1024
const TRACE_BYTES = 16
const NANOS_PER_MS = 1e6
const NANOS_DIGITS = 6
const QUOTE = 0x22
const COMMA = 0x2c
const CLOSE_LIST = 0x5d
const CLOSE_OBJECT = 0x7d

// Lists and objects begin with what nobody reads, so that all that may follow begins with a comma.
const LIST_START = '[{"key":"","value":{"stringValue":""}}'
const RESOURCE_START = toJsonPiece(`{"resourceLogs":[{"resource":{"attributes":${LIST_START}`)
const RECORDS_START = toJsonPiece(']},"scopeLogs":[{"logRecords":[')
const REQUEST_END = toJsonPiece(']}]}]}\n')
const RECORD_START = toJsonPiece('{"flags":0')
const ATTRIBUTES_START = toJsonPiece(`,"attributes":${LIST_START}`)
const TIME_START = toJsonPiece(',"timeUnixNano":"')
const OBSERVED_START = toJsonPiece(',"observedTimeUnixNano":"')
const TRACE_START = toJsonPiece(',"traceId":"')
const BODY_START = toJsonPiece(',"body":{"stringValue":"')
const BODY_END = toJsonPiece('"}')
const TEXT_END = toJsonPiece('"}}')
const NUMBER_END = toJsonPiece('}}')

// Fields of a LogRecord that are read, and of an AnyValue.
const [TIME, BODY, ATTRIBUTE, TRACE, OBSERVED] = [1, 5, 6, 9, 11]
const WANTED = (1 << TIME) | (1 << BODY) | (1 << TRACE) | (1 << OBSERVED)
const [STRING, INTEGER, DOUBLE] = [1, 3, 4]
// Of a record's attributes.
const [NONE_YET, OPEN, CLOSED] = [0, 1, 2]

/** `,{"key":"http.route","value":{"stringValue":"` and the like. */
interface AttributeStarts {
  readonly text: JsonPiece
  readonly integer: JsonPiece
  readonly double: JsonPiece
}

/**
 * Makes the writer of ExportLogsServiceRequests in protobuf as lines of OTLP's JSON, from bytes to bytes, with what may be
 * asked of a record and nothing else. Undefined when one is malformed, or not as exporters write it.
 */
export function createOtlpWireReader(): (message: Uint8Array) => Buffer | undefined {
  const fields = createWireFields()
  const out = createJsonBytes()
  const starts = new Map<JsonEntry, AttributeStarts>()
  let source = toByteSource(new Uint8Array(0))
  // What all lines of a resource begin with, and the line that is being written.
  let prefixStart = 0
  let prefixEnd = 0
  let recordsAt = 0
  let lineRecords = 0

  function read(message: Uint8Array): Buffer | undefined {
    if (message.length > MAX_BYTES) return undefined
    source = toByteSource(message)
    const isRead = eachMessage(0, message.length, 1, putResourceLogs)
    source = toByteSource(new Uint8Array(0))
    const lines = out.take()
    return isRead ? lines : undefined
  }

  /** Gives `put` each message of that number in `[start, end)`; false when one can't be had. */
  function eachMessage(
    start: number,
    end: number,
    number: number,
    put: (from: number, to: number) => boolean,
  ): boolean {
    for (let at = start; at < end; ) {
      at = fields.read(source, at, end)
      if (at < 0) return false
      if (fields.number === number && (fields.wire !== LENGTH || !put(fields.from, fields.to))) return false
    }
    return true
  }

  function putResourceLogs(start: number, end: number): boolean {
    prefixStart = out.length
    lineRecords = 0
    out.put(RESOURCE_START)
    let hasResource = false
    let hasScopes = false
    for (let at = start; at < end; ) {
      at = fields.read(source, at, end)
      if (at < 0) return false
      const { number, wire, from, to } = fields
      if (number > 2) continue
      // A resource that comes twice, or after its records, is unusual.
      if (wire !== LENGTH || (number === 1 && (hasResource || hasScopes))) return false
      if (number === 1) {
        hasResource = true
        if (!eachMessage(from, to, 1, putResourceAttribute)) return false
        continue
      }
      if (!hasScopes) beginScopes()
      hasScopes = true
      if (!eachMessage(from, to, 2, putRecord)) return false
    }
    if (lineRecords > 0) out.put(REQUEST_END)
    else out.cut(prefixStart)
    return true
  }

  function beginScopes(): void {
    out.put(RECORDS_START)
    prefixEnd = out.length
    recordsAt = prefixEnd
  }

  function putRecord(start: number, end: number): boolean {
    if (out.length - recordsAt > Math.max(MAX_LINE_BYTES, prefixEnd - prefixStart)) beginLine()
    if (lineRecords > 0) out.putByte(COMMA)
    lineRecords += 1
    out.put(RECORD_START)
    let seen = 0
    let attributes = NONE_YET
    for (let at = start; at < end; ) {
      at = fields.read(source, at, end)
      if (at < 0) return false
      const { number, wire, from, to } = fields
      if (number === ATTRIBUTE) {
        if (wire !== LENGTH || attributes === CLOSED) return false
        if (attributes === NONE_YET) out.put(ATTRIBUTES_START)
        attributes = OPEN
        if (!putAttribute(from, to, false)) return false
        continue
      }
      if (attributes === OPEN) {
        out.putByte(CLOSE_LIST)
        attributes = CLOSED
      }
      if (number > OBSERVED || (WANTED & (1 << number)) === 0) continue
      if ((seen & (1 << number)) !== 0 || !putMember(number, wire, from, to)) return false
      seen |= 1 << number
    }
    if (attributes === OPEN) out.putByte(CLOSE_LIST)
    out.putByte(CLOSE_OBJECT)
    return true
  }

  function beginLine(): void {
    out.put(REQUEST_END)
    out.repeat(prefixStart, prefixEnd)
    recordsAt = out.length
    lineRecords = 0
  }

  function putMember(number: number, wire: number, from: number, to: number): boolean {
    if (wire !== (number === TRACE || number === BODY ? LENGTH : FIXED_64)) return false
    if (number === BODY) return putBody(from, to)
    if (number === TRACE) putTrace(from, to)
    else putTime(number === TIME ? TIME_START : OBSERVED_START, from)
    return true
  }

  function putTime(start: JsonPiece, from: number): void {
    const low = source.view.getUint32(from, true)
    const high = source.view.getUint32(from + 4, true)
    // 2^32 nanoseconds are 4294 ms and 967296 ns, and of both together no digit is lost.
    const rest = high * 967_296 + low
    const ms = high * 4_294 + Math.floor(rest / NANOS_PER_MS)
    if (ms === 0) return
    out.put(start)
    out.putDigits(ms, 1)
    out.putDigits(rest % NANOS_PER_MS, NANOS_DIGITS)
    out.putByte(QUOTE)
  }

  /** All zeros is none. */
  function putTrace(from: number, to: number): void {
    let bits = 0
    for (let at = from; at < to; at++) bits |= source.bytes[at] as number
    if (bits === 0 || to - from !== TRACE_BYTES) return
    out.put(TRACE_START)
    out.putHex(source.bytes, from, to)
    out.putByte(QUOTE)
  }

  /** A text; of a map fields are read elsewhere, and of other bodies nothing. */
  function putBody(start: number, end: number): boolean {
    if (start === end) return true
    if (!readOnly(start, end)) return false
    if (fields.number !== STRING) return fields.number === INTEGER || fields.number === DOUBLE
    if (fields.wire !== LENGTH) return false
    out.put(BODY_START)
    out.putText(source.bytes, fields.from, fields.to, MAX_TEXT_CHARACTERS)
    out.put(BODY_END)
    return true
  }

  function isLength(number: number): boolean {
    return fields.number === number && fields.wire === LENGTH
  }

  /** The field of a message that must have that one and no other. */
  function readOnly(start: number, end: number): boolean {
    return start < end && fields.read(source, start, end) === end
  }

  function putResourceAttribute(start: number, end: number): boolean {
    return putAttribute(start, end, true)
  }

  function putAttribute(start: number, end: number, ofResource: boolean): boolean {
    const keyEnd = fields.read(source, start, end)
    if (keyEnd < 0 || !isLength(1)) return false
    const { from: keyAt, to: keyTo } = fields
    const entry = findAttribute(ofResource, source, keyAt, keyTo)
    if (entry === undefined) return true
    if (fields.read(source, keyEnd, end) !== end || !isLength(2)) return false
    const known = starts.get(entry) ?? attributeStarts(source.bytes.toString('utf8', keyAt, keyTo))
    starts.set(entry, known)
    return putValue(known, fields.from, fields.to)
  }

  function putValue(known: AttributeStarts, start: number, end: number): boolean {
    if (!readOnly(start, end)) return false
    const { number, wire, from, to } = fields
    if (number === STRING && wire === LENGTH) {
      out.put(known.text)
      out.putText(source.bytes, from, to, MAX_TEXT_CHARACTERS)
      out.put(TEXT_END)
      return true
    }
    if (number === INTEGER && wire === VARINT) {
      const value = varintAt(source, from, to)
      if (Number.isNaN(value)) return false
      out.put(known.integer)
      out.putDigits(value, 1)
      out.put(TEXT_END)
      return true
    }
    const value = number === DOUBLE && wire === FIXED_64 ? source.view.getFloat64(from, true) : Number.NaN
    if (!Number.isFinite(value)) return false
    out.put(known.double)
    out.putNumber(value)
    out.put(NUMBER_END)
    return true
  }

  return read
}

function attributeStarts(name: string): AttributeStarts {
  const key = JSON.stringify(name)
  const start = (type: string) => toJsonPiece(`,{"key":${key},"value":{"${type}`)
  return { text: start('stringValue":"'), integer: start('intValue":"'), double: start('doubleValue":') }
}
