import type { EventColumns } from './event-columns.ts'
import type { FormatSpec } from './format-spec.ts'
import type { Privacy } from './privacy.ts'
import type { ServiceFrom, ServiceOrigin } from './service-name.ts'

/** A longer line is rejected: no format writes one, and a bound keeps a hostile file from holding a worker. */
export const MAX_LINE_BYTES = 128 * 1024
/** Rejects kept with their text, per block; further ones are only counted. */
export const MAX_REJECTS_KEPT = 1_000
/** Rejects of a block that other formats are tried on. */
export const MAX_LINES_RETRIED = 200_000
/** Characters of a rejected line that are kept. */
export const MAX_REJECT_CHARACTERS = 2_000

export const REJECT_REASONS = [
  'not-json',
  'unmatched',
  'no-status',
  'no-time',
  'bad-time',
  'bad-field',
  'line-too-long',
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]

/** A line that is no event, where it was and why. `text` and `detail` are as hostile as the log. */
export interface Reject {
  readonly source: string
  /** From 1. */
  readonly lineNumber: number
  /** Of the line's first byte in its source. */
  readonly byteOffset: number
  readonly reason: RejectReason
  readonly text: string
  /** For people: which field, and what it held. */
  readonly detail?: string
}

/** Where a block's bytes came from. */
export interface BlockPosition {
  readonly source: string
  /** Number of the block's first line, from 1. */
  readonly firstLine: number
  /** Offset of the block's first byte, from 0. */
  readonly firstByte: number
  /** Lines before the block that say how to read it, such as W3C's `#Fields`. */
  readonly directives?: string
}

/** Some lines of a block: `[starts[i], ends[i])`, without line ends, and each one's number in the block, from 0. */
export interface BlockLines {
  readonly starts: ArrayLike<number>
  readonly ends: ArrayLike<number>
  readonly lineIndexes: ArrayLike<number>
  readonly size: number
}

/** Plain data, so that it crosses to a worker thread. */
export interface BlockParserOptions {
  readonly format: FormatSpec
  /** The format was told by the log's first lines: what it can't read is tried in others. */
  readonly isGuessed?: boolean
  /** The constant that the user gave: it wins over everything in the log. */
  readonly service?: string
  /** Asked when the event itself names no service. */
  readonly serviceFrom?: ServiceFrom
  /** The environment of events that name none. */
  readonly env: string
  /** What is kept of who asked and for what; by default the least. */
  readonly privacy?: Privacy
  /** Events before it are skipped. Epoch ms. */
  readonly fromMs?: number
  /** Events at or after it are skipped. Epoch ms. */
  readonly toMs?: number
}

/** What a block of whole lines held. `lines = parsed + rejected + skipped + blank`. */
export interface ParsedBlock {
  readonly lines: number
  readonly parsed: number
  readonly rejected: number
  /** Events outside `fromMs`/`toMs`. */
  readonly skipped: number
  /** Comments and directives of the log, too, and all but the last part of lines that were cut up. */
  readonly blank: number
  /** Sum of `count` over the parsed events. */
  readonly requests: number
  readonly columns: EventColumns
  /** The first `MAX_REJECTS_KEPT`, in the order of the lines. */
  readonly rejects: readonly Reject[]
  readonly rejectCounts: Readonly<Partial<Record<RejectReason, number>>>
  /** Events that only another format could read, by its label. */
  readonly otherFormats?: Readonly<Record<string, number>>
  /** Parsed events by where their service name came from. */
  readonly serviceOrigins: Readonly<Partial<Record<ServiceOrigin, number>>>
  /** Earliest event, epoch ms; Infinity when there is none. */
  readonly fromMs: number
  /** Latest event, epoch ms; -Infinity when there is none. */
  readonly toMs: number
}

/** Parses blocks of one source; keeps caches between blocks, so make one per source and thread. */
export interface BlockParser {
  /**
   * `bytes` are whole lines; only the last may lack its line end. `only`: as if there were no other lines. Never throws,
   * whatever the bytes.
   */
  parse(bytes: Uint8Array, position: BlockPosition, only?: BlockLines): ParsedBlock
  /** The lines that the last `parse` rejected, the first `MAX_LINES_RETRIED` of them. */
  rejectedLines(): BlockLines
}
