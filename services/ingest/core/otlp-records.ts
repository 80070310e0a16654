// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, findByte } from './byte-source.ts'
import { createForetoldGaps, LINE_START, NO_GAP } from './formats/foretold-gaps.ts'
import { HYPHEN, QUOTE, skipValue } from './formats/json-scan.ts'
import {
  BATCH_LINES,
  ENV,
  FIELD_NAMES,
  OK,
  ROUTE,
  SERVICE,
  type Slots,
  STATUS,
  TARGET,
  TIME,
  TRACE_ID,
} from './formats/line-format.ts'
import { findQuote } from './formats/quoted.ts'
import {
  BEGINS_RECORD,
  BEGINS_RESOURCE,
  CHANGES,
  createOtlpGapReader,
  ENDS_RECORD,
  ENDS_REQUEST,
  isOfResource,
  type OtlpGap,
  type OtlpKey,
  REQUEST_START,
} from './otlp-gaps.ts'
import type { OtlpTexts } from './otlp-texts.ts'
import { areDigits, isPlainDecimal, isPlainInteger, isPlainStatus } from './plain-number.ts'
import { withRows } from './row-array.ts'
import { isStoredTraceId, TRACE_ID_BYTES } from './trace-id.ts'

/** Of one record: where each field begins, -1 when it is absent, and ends. */
const RECORD_SLOTS = 2 * FIELD_NAMES.length
/** A larger record, or one of a larger resource, is unusual: as a line it may be too long. */
const MAX_RECORD_BYTES = 8 * 1024
const MAX_TEXT_BYTES = 4 * 1024
/** Of nanoseconds until the year 2096, of which the first are milliseconds. */
const NANOS_BYTES = 19
const MS_BYTES = 13
const LAST_FIRST_DIGIT = 0x33
const ZERO = 0x30
const BACKSLASH = 0x5c
const ABSENT = -1

/** Access events that were found in requests. */
export interface OtlpRecords {
  readonly size: number
  /** Finds those of the request `[start, end)`. False, and none are added, when it is not written as usual or one is no event. */
  add(source: ByteSource, start: number, end: number): boolean
  startOf(record: number): number
  endOf(record: number): number
  /** Sets the slots of a batch's line, which is OK. */
  copy(record: number, slots: Slots, line: number): number
  clear(): void
}

/** `texts` reads bodies that are lines of an access log; their bytes stand behind those of the block. */
export function createOtlpRecords(texts: OtlpTexts): OtlpRecords {
  const readGap = createOtlpGapReader()
  const gaps = createForetoldGaps<OtlpKey>()
  const gap: OtlpGap = { state: 0, key: undefined }
  const resource = new Int32Array(RECORD_SLOTS)
  const text = new Int32Array(RECORD_SLOTS)
  let fields = new Int32Array(RECORD_SLOTS * 1024)
  let starts = new Uint32Array(1024)
  let ends = new Uint32Array(1024)
  let size = 0
  // Of the record that is being read.
  let first = 0
  let seen = 0
  /** Fields that the record has itself; the others are its resource's. */
  let own = 0
  let resourceSeen = 0
  let resourceAt = 0
  let resourceBytes = 0
  let hasStatus = false
  let observedAt = ABSENT
  let traceAt = ABSENT
  let bodyAt = ABSENT
  let bodyEnd = ABSENT

  function add(source: ByteSource, start: number, end: number): boolean {
    const before = size
    const isRead = readRequest(source, start, end)
    if (!isRead) size = before
    return isRead
  }

  function readRequest(source: ByteSource, start: number, end: number): boolean {
    let at = start
    let before = LINE_START
    let state = REQUEST_START
    let steadyAt = ABSENT
    let steadyBefore = NO_GAP
    gaps.beginLine()
    for (;;) {
      // The end is foretold, too.
      let found = gaps.find(before, source, at, end + 1)
      let valueAt = at
      if (found === NO_GAP) {
        gap.state = state
        valueAt = readGap(source, at, end, gap)
        if (valueAt < 0) return false
        found = gaps.learn(before, source, at, valueAt, gap.state, gap.key)
      } else {
        valueAt += gaps.lengths[found] as number
        gap.state = gaps.nodes[found] as number
        gap.key = gaps.keys[found]
      }
      const key = gap.key
      state = gap.state
      if (steadyAt !== ABSENT) gaps.learn(steadyBefore, source, steadyAt, valueAt, state, key)
      steadyAt = ABSENT
      if ((state & CHANGES) !== 0) {
        if ((state & ENDS_RECORD) !== 0 && !endRecord(source, at)) return false
        if ((state & ENDS_REQUEST) !== 0) return valueAt === end
        if ((state & BEGINS_RESOURCE) !== 0) beginResource(at)
        if ((state & BEGINS_RECORD) !== 0) beginRecord(at)
      }
      if (valueAt >= end) return false
      const isString = source.bytes[valueAt - 1] === QUOTE
      const after = isString ? findQuote(source, valueAt, end) : skipValue(source, valueAt, end)
      if (after < 0 || after >= end || (!isString && source.bytes[after] === QUOTE)) return false
      if (key !== undefined) {
        if (!take(source, valueAt, after, key, isOfResource(state))) return false
      } else if (found !== NO_GAP && (state & CHANGES) === 0 && gaps.isSteady(found, source, valueAt, after)) {
        steadyAt = at
        steadyBefore = before
      }
      before = found
      at = after
    }
  }

  function beginResource(at: number): void {
    resource.fill(ABSENT)
    resourceSeen = 0
    resourceAt = at
    resourceBytes = 0
  }

  function beginRecord(at: number): void {
    if (size === starts.length) {
      const longer = new Int32Array(2 * fields.length)
      longer.set(fields)
      fields = longer
      starts = withRows(starts, size + 1)
      ends = withRows(ends, size + 1)
    }
    if (resourceBytes === 0) resourceBytes = at - resourceAt
    starts[size] = at
    first = size * RECORD_SLOTS
    fields.set(resource, first)
    seen = 0
    own = 0
    hasStatus = false
    observedAt = ABSENT
    traceAt = ABSENT
    bodyAt = ABSENT
  }

  function endRecord(source: ByteSource, at: number): boolean {
    // A text that comes with the attributes of a request is there for people.
    const isText = !hasStatus && bodyAt !== ABSENT
    if (isText ? !putText(source) : !putAttributes(source)) return false
    // A line's path says its route.
    const hasPath = isText && (text[2 * TARGET] as number) >= 0
    if (hasPath && (text[2 * ROUTE] as number) < 0) setField(ROUTE, ABSENT, ABSENT)
    ends[size] = at
    if (at - (starts[size] as number) > MAX_RECORD_BYTES || resourceBytes > MAX_RECORD_BYTES) return false
    size += 1
    return true
  }

  function putAttributes({ bytes }: ByteSource): boolean {
    const statusAt = first + 2 * STATUS
    if ((own & (1 << STATUS)) === 0) return false
    if (!isPlainStatus(bytes, fields[statusAt] as number, fields[statusAt + 1] as number)) return false
    if ((fields[first + 2 * TIME] as number) < 0) setField(TIME, observedAt, observedAt + MS_BYTES)
    if (traceAt !== ABSENT) setField(TRACE_ID, traceAt, traceAt + TRACE_ID_BYTES)
    return (fields[first + 2 * TIME] as number) >= 0
  }

  /** What a line says itself wins over its record's attributes, and the resource names service and environment before these. */
  function putText(source: ByteSource): boolean {
    if (bodyEnd - bodyAt > MAX_TEXT_BYTES || !texts.read(source, bodyAt, bodyEnd, text)) return false
    if (traceAt !== ABSENT) setField(TRACE_ID, traceAt, traceAt + TRACE_ID_BYTES)
    takeFromResource(ENV)
    for (let field = 0; field < FIELD_NAMES.length; field++) {
      const from = text[2 * field] as number
      const base = source.bytes.length
      if (from >= 0) setField(field, base + from, base + (text[2 * field + 1] as number))
    }
    takeFromResource(SERVICE)
    return true
  }

  function takeFromResource(field: number): void {
    const from = resource[2 * field] as number
    if (from >= 0) setField(field, from, resource[2 * field + 1] as number)
  }

  function setField(field: number, from: number, to: number): void {
    fields[first + 2 * field] = from
    fields[first + 2 * field + 1] = to
  }

  /** False when the value is not written as its kind mostly is. */
  function take(
    source: ByteSource,
    from: number,
    to: number,
    { kind, key, bit }: OtlpKey,
    ofResource: boolean,
  ): boolean {
    const bytes = source.bytes
    const isString = bytes[from - 1] === QUOTE
    switch (kind) {
      case 'body':
        bodyAt = from
        bodyEnd = to
        return isString
      case 'time':
      case 'observed': {
        if (!isString || to === from) return isString
        if (!isNanos(bytes, from, to)) return false
        if (kind === 'time') setField(TIME, from, from + MS_BYTES)
        else observedAt = from
        return true
      }
      case 'trace': {
        if (!isString || to === from) return isString
        traceAt = from
        return isStoredTraceId(bytes, from, to)
      }
      case 'text':
        if (!isString || to - from > MAX_TEXT_BYTES || findByte(source, BACKSLASH, from, to) < to) return false
        break
      case 'integer':
        if (!isPlainInteger(bytes, from, to)) return false
        break
      case 'decimal':
        if (!isPlainDecimal(bytes, from, to)) return false
        break
    }
    const seenBefore = ofResource ? resourceSeen : seen
    if (key === undefined || (seenBefore & bit) !== 0) return false
    if (ofResource) resourceSeen |= bit
    else seen |= bit
    if (!ofResource && key.field === STATUS) hasStatus = true
    // A lone hyphen is how logs write nothing.
    if (to - from <= 1 && (to === from || (bytes[from] === HYPHEN && key.field !== STATUS))) return true
    const slot = 2 * key.field
    if (ofResource) {
      if ((resource[slot] as number) >= 0) return true
      resource[slot] = from
      resource[slot + 1] = to
    } else if ((own & (1 << key.field)) === 0) {
      own |= 1 << key.field
      setField(key.field, from, to)
    }
    return true
  }

  function copy(record: number, slots: Slots, line: number): number {
    const from = record * RECORD_SLOTS
    let slot = line
    for (let i = 0; i < RECORD_SLOTS; i += 2, slot += 2 * BATCH_LINES) {
      const start = fields[from + i] as number
      if (start < 0) continue
      slots[slot] = start
      slots[slot + BATCH_LINES] = fields[from + i + 1] as number
    }
    return OK
  }

  function clear(): void {
    size = 0
  }

  return {
    get size() {
      return size
    },
    add,
    startOf: (record) => starts[record] as number,
    endOf: (record) => ends[record] as number,
    copy,
    clear,
  }
}

function isNanos(bytes: Buffer, from: number, to: number): boolean {
  const first = bytes[from] as number
  return to - from === NANOS_BYTES && first > ZERO && first <= LAST_FIRST_DIGIT && areDigits(bytes, from, to)
}
