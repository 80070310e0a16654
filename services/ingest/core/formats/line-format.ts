import type { ByteSource } from '../byte-source.ts'
import type { Escaping } from '../decode-value.ts'
import type { FormatName, FormatSpec } from '../format-spec.ts'
import type { TimeKind } from '../parse-time.ts'

// The fields of a line, as positions in the slots. Plain constants, because the scanners index with them.
export const TIME = 0
export const STATUS = 1
export const METHOD = 2
/** The request's target or path, query and all. */
export const TARGET = 3
export const ROUTE = 4
export const SERVICE = 5
export const ENV = 6
export const VERSION = 7
export const REGION = 8
export const HOST = 9
export const VIRTUAL_HOST = 10
export const CLIENT = 11
export const UPSTREAM = 12
export const UPSTREAM_STATUS = 13
export const USER_AGENT = 14
export const REQUEST_ID = 15
export const TRACE_ID = 16
export const DURATION_MS = 17
export const DURATION_SECONDS = 18
export const BYTES = 19
export const COUNT = 20
export const FIELD_COUNT = 21

/** Canonical names, for people. */
export const FIELD_NAMES = [
  'ts',
  'status',
  'method',
  'path',
  'route',
  'service',
  'env',
  'version',
  'region',
  'host',
  'virtual_host',
  'client',
  'upstream',
  'upstream_status',
  'user_agent',
  'request_id',
  'trace_id',
  'duration_ms',
  'duration_seconds',
  'bytes',
  'count',
] as const

/**
 * Where each field of the present line is: field `f` is `bytes[slots[2f], slots[2f + 1])` as the format wrote it, escapes
 * and all; `slots[2f]` is -1 when absent. One array for all lines.
 */
export type Slots = Int32Array

// After a scan rejected a value: the key as written, the field it stands for, and where the value begins.
export const FAULT_FIELD = 2 * FIELD_COUNT
export const FAULT_AT = FAULT_FIELD + 1
export const FAULT_KEY_START = FAULT_FIELD + 2
export const FAULT_KEY_END = FAULT_FIELD + 3
const SLOT_COUNT = FAULT_FIELD + 4

export function createSlots(): Slots {
  return new Int32Array(SLOT_COUNT).fill(-1)
}

// What becomes of a line. 0 is an event; the others are positions in REJECT_REASONS plus 1.
export const OK = 0
export const NOT_JSON = 1
export const UNMATCHED = 2
export const NO_STATUS = 3
export const NO_TIME = 4
export const BAD_TIME = 5
export const BAD_FIELD = 6
export const LINE_TOO_LONG = 7
/** An event outside the wanted time span. */
export const SKIPPED = 8

/**
 * Finds the fields of the line `[start, end)`, which ends before its line end. Makes no strings. Sets, or resets to -1,
 * every slot that any line of this format may set; returns OK, or why the line is no event.
 */
export type ScanLine = (source: ByteSource, start: number, end: number, slots: Slots) => number

/** A compiled format. */
export interface LineFormat {
  readonly scan: ScanLine
  readonly time: TimeKind
  readonly escaping: Escaping
}

/** What the table of formats knows of each. A new format is one more of these. */
export interface FormatDefinition {
  readonly name: FormatName
  /** What people also call it. */
  readonly aliases: readonly string[]
  /** Specs worth trying on a log of unknown format, and how its lines look: the bytes may be anything. */
  readonly candidates: readonly FormatSpec[]
  compile(spec: FormatSpec): LineFormat
}
