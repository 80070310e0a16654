// Hot path: indexes bytes and mutates typed arrays.
import { type ByteSource, toByteSource } from './byte-source.ts'
import type { AccessLineReader } from './otlp-lines.ts'
import { decodeOtlpLogs } from './otlp-logs.ts'
import type { OtlpRecords } from './otlp-records.ts'
import type { OtlpTexts } from './otlp-texts.ts'
import { isBlank, lineEnd, skipPadding } from './parse-block.ts'
import type { BlockLines } from './parsed-block.ts'
import { withRows } from './row-array.ts'

const NEWLINE = 0x0a
/** What is kept of a line that is no request, for people. */
const MAX_LINE_SHOWN_BYTES = 8 * 1024
const FIRST_LINES = 1024
const SPARE_SHARE = 1.1
const NEWLINE_BYTES = Buffer.from('\n')

/** A line for each record of a block of requests. */
export interface OtlpLines extends BlockLines {
  /** The block, and behind it texts and lines of NDJSON; the lines that begin before `blockBytes` are what was added to the records. */
  readonly bytes: Uint8Array
  readonly blockBytes: number
  /** Where in the block the request of each line began. */
  readonly requestStarts: ArrayLike<number>
}

/** What is known of a log from one block to the next. */
export interface OtlpReaders {
  readonly records: OtlpRecords
  readonly texts: OtlpTexts
  readonly lines: AccessLineReader
}

/**
 * Makes what finds the records of blocks of requests, one request a line. Those of a request as exporters write it are added to
 * `records`, whose `texts` these are; others become lines of NDJSON. A line that is no request stays, cut, to be rejected. What
 * is found of a block is there until the next one.
 */
export function createOtlpUnpacker({ records, texts, lines }: OtlpReaders): (block: Uint8Array) => OtlpLines {
  let starts = new Uint32Array(FIRST_LINES)
  let ends = new Uint32Array(FIRST_LINES)
  let requestStarts = new Uint32Array(FIRST_LINES)
  let lineIndexes = new Uint32Array(0)
  let size = 0
  let joined = Buffer.alloc(0)
  /** Lines of NDJSON, whose places are not known before all texts are. */
  let rewritten: number[] = []
  let pieces: Buffer[] = []
  let rewrittenBytes = 0

  function unpack(block: Uint8Array): OtlpLines {
    const source = toByteSource(block)
    size = 0
    rewritten = []
    pieces = []
    rewrittenBytes = 0
    records.clear()
    texts.clear()
    for (let start = 0, next = 0; start < block.length; start = next) {
      const newline = source.bytes.indexOf(NEWLINE, start)
      next = newline === -1 ? block.length : newline + 1
      const end = lineEnd(source.bytes, start, next)
      if (isBlank(source.bytes, start, end)) continue
      if (!addRecords(source, start, end))
        addRewritten(block.subarray(start, newline === -1 ? block.length : newline), start)
    }
    const read = texts.bytes()
    const moved = block.length + read.length
    for (const line of rewritten) {
      starts[line] = moved + (starts[line] as number)
      ends[line] = moved + (ends[line] as number)
    }
    lineIndexes = withNumbers(lineIndexes, size)
    const bytes = read.length + rewrittenBytes === 0 ? block : join([block, read, ...pieces])
    return { bytes, blockBytes: block.length, requestStarts, starts, ends, lineIndexes, size }
  }

  function addRecords(source: ByteSource, start: number, end: number): boolean {
    const before = records.size
    if (!records.add(source, start, end)) return false
    for (let record = before; record < records.size; record++) {
      putLine(records.startOf(record), records.endOf(record), start)
    }
    return true
  }

  function addRewritten(request: Uint8Array, requestStart: number): void {
    const piece = toNdjson(request, lines)
    texts.setFormat(lines.format())
    for (let at = 0; at < piece.length; ) {
      const next = piece.indexOf(NEWLINE, at) + 1
      const from = skipPadding(piece, at, next)
      rewritten.push(size)
      putLine(rewrittenBytes + from, rewrittenBytes + lineEnd(piece, from, next), requestStart)
      at = next
    }
    pieces.push(piece)
    rewrittenBytes += piece.length
  }

  function putLine(start: number, end: number, requestStart: number): void {
    if (size === starts.length) {
      starts = withRows(starts, size + 1)
      ends = withRows(ends, size + 1)
      requestStarts = withRows(requestStarts, size + 1)
    }
    starts[size] = start
    ends[size] = end
    requestStarts[size] = requestStart
    size += 1
  }

  /** In memory that is used again: that of a block each time would be collected in the middle of others. */
  function join(parts: readonly Uint8Array[]): Uint8Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    if (length > joined.length) joined = Buffer.alloc(Math.ceil(length * SPARE_SHARE))
    let at = 0
    for (const part of parts) {
      joined.set(part, at)
      at += part.length
    }
    return joined.subarray(0, length)
  }

  return unpack
}

/** The numbers from 0 on, `size` or more. */
function withNumbers(numbers: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  return numbers.length >= size ? numbers : new Uint32Array(2 * size).map((_, i) => i)
}

/** A line for each record. */
function toNdjson(request: Uint8Array, lines: AccessLineReader): Buffer {
  const decoded = decodeOtlpLogs(request, { encoding: 'json', lines })
  if (decoded.kind === 'decoded') return decoded.ndjson
  return Buffer.concat([request.subarray(0, MAX_LINE_SHOWN_BYTES), NEWLINE_BYTES])
}
