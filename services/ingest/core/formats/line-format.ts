import type { ByteSource } from '../byte-source.ts'
import type { Escaping } from '../decode-value.ts'
import type { EventColumns } from '../event-columns.ts'
import type { FormatName, FormatSpec } from '../format-spec.ts'
import type { TimeKind } from '../parse-time.ts'

// The fields of a line, as positions in the slots. Plain constants, because the scanners index with them.
/** When the request ended. */
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
/**
 * In the format's `durationUnitMs`, unless it names its unit as Go does (`1.5ms`, `1m0.2s`). Several numbers next to one
 * another are added up; negative ones and hyphens among them are absent.
 */
export const DURATION = 18
export const BYTES = 19
export const COUNT = 20
/** When the request began, where the log says that: the event's time is then this plus its duration, and `TIME` isn't asked. */
export const START = 21
/** Of a member whose value is of a wrong type: its name as the line writes it. No field of the event. */
export const FAULT_KEY = 22
/** Not a place but a number, the days since 1970, where `TIME` is a time of that day. No field of the event. */
export const DAY = 23
const FIELD_COUNT = 24

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
  'duration',
  'bytes',
  'count',
  'start',
] as const

/**
 * Lines are scanned in batches, and then each column takes its field of the whole batch: short loops over few things, which
 * is worth a third of the time. A batch's slots fit the first cache.
 */
export const BATCH_LINES = 128

/**
 * Where the fields of each line of a batch are, as the format wrote them, escapes and all: field `f` of line `i` begins at
 * `slots[slotOf(f) + i]`, -1 when absent, and ends before `slots[slotOf(f) + BATCH_LINES + i]`. Offsets are the block's.
 */
export type Slots = Int32Array

export function createSlots(): Slots {
  return new Int32Array(slotOf(FIELD_COUNT)).fill(-1)
}

export function slotOf(field: number): number {
  return field * 2 * BATCH_LINES
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
/** A directive or a comment in the log, such as `#Fields: …`: no event and no reject, counted like a blank line. Its slots stay -1. */
export const COMMENT = 9

/** BAD_TIME or BAD_FIELD, and the field whose slot holds the bad value. */
export function faultIn(field: number, reason: number): number {
  return reason | (field << 8)
}

export function reasonOf(outcome: number): number {
  return outcome & 0xff
}

export function faultyFieldOf(outcome: number): number {
  return outcome >> 8
}

/**
 * Finds the fields of the line `[start, end)`, which is without its line end, and sets their slots of the batch's line
 * number `line`, all of which are -1 before. Makes no strings, never throws, takes time linear in the line's length.
 * Returns OK, or why the line is no event.
 */
export type ScanLine = (source: ByteSource, start: number, end: number, slots: Slots, line: number) => number

/** A compiled format. */
export interface LineFormat {
  readonly scan: ScanLine
  /** How it writes `TIME` and `START`. */
  readonly time: TimeKind
  readonly escaping: Escaping
  /** Where it differs for this one field. */
  readonly userAgentEscaping?: Escaping
  /** What one of `DURATION` is in milliseconds: 1000 if the format logs seconds, 0.001 microseconds. Default 1. */
  readonly durationUnitMs?: number
  /**
   * Begins a block, in which the lines `directives` hold from the start. Returns the bytes that slots are offsets in; those
   * of the block itself where it is missing.
   */
  readonly begin?: (block: ByteSource, directives: string) => ByteSource
}

/** What the table of formats knows of each. A new format is one more of these. */
export interface FormatDefinition {
  readonly name: FormatName
  /** What people also call it. */
  readonly aliases: readonly string[]
  /** Specs worth trying on a log of unknown format. */
  readonly candidates: readonly FormatSpec[]
  /** Do lines of it say how to read the lines after them? */
  readonly hasDirectives?: boolean
  /** Do the events that were read from it look as if the log is of this format? Asked of lines that others read too. */
  isLike(columns: EventColumns): boolean
  compile(spec: FormatSpec): LineFormat
}
