// Hot path: indexes bytes.
import { toByteSource } from './byte-source.ts'
import type { AccessLineReader } from './otlp-lines.ts'
import { decodeOtlpLogs } from './otlp-logs.ts'
import type { OtlpRecords } from './otlp-records.ts'
import type { OtlpTexts } from './otlp-texts.ts'
import { isBlank, lineEnd, skipPadding } from './parse-block.ts'
import type { BlockLines } from './parsed-block.ts'

const NEWLINE = 0x0a
/** What is kept of a line that is no request, for people. */
const MAX_LINE_SHOWN_BYTES = 8 * 1024
const NEWLINE_BYTES = Buffer.from('\n')

/** A line for each record of a block of requests. */
export interface OtlpLines extends BlockLines {
  /** The block, and behind it texts and lines of NDJSON; the lines that begin before `blockBytes` are what was added to the records. */
  readonly bytes: Uint8Array
  readonly blockBytes: number
  /** Where in the block the request of each line began. */
  readonly requestStarts: readonly number[]
}

/** What is known of a log from one block to the next. */
export interface OtlpReaders {
  readonly records: OtlpRecords
  readonly texts: OtlpTexts
  readonly lines: AccessLineReader
}

/**
 * Finds the records of a block of requests, one request a line. Those of a request as exporters write it are added to `records`,
 * whose `texts` these are; others become lines of NDJSON. A line that is no request stays, cut, to be rejected.
 */
export function unpackOtlpLines(block: Uint8Array, { records, texts, lines }: OtlpReaders): OtlpLines {
  const source = toByteSource(block)
  const starts: number[] = []
  const ends: number[] = []
  const requestStarts: number[] = []
  const rewritten: number[] = []
  const pieces: Uint8Array[] = []
  let rewrittenBytes = 0
  records.clear()
  texts.clear()
  for (let start = 0, next = 0; start < block.length; start = next) {
    const newline = source.bytes.indexOf(NEWLINE, start)
    next = newline === -1 ? block.length : newline + 1
    const end = lineEnd(source.bytes, start, next)
    if (isBlank(source.bytes, start, end)) continue
    const before = records.size
    if (records.add(source, start, end)) {
      for (let record = before; record < records.size; record++) {
        starts.push(records.startOf(record))
        ends.push(records.endOf(record))
        requestStarts.push(start)
      }
      continue
    }
    const piece = toNdjson(block.subarray(start, newline === -1 ? block.length : newline), lines)
    texts.setFormat(lines.format())
    for (let at = 0; at < piece.length; ) {
      const nextAt = piece.indexOf(NEWLINE, at) + 1
      const from = skipPadding(piece, at, nextAt)
      rewritten.push(starts.length)
      starts.push(rewrittenBytes + from)
      ends.push(rewrittenBytes + lineEnd(piece, from, nextAt))
      requestStarts.push(start)
      at = nextAt
    }
    pieces.push(piece)
    rewrittenBytes += piece.length
  }
  const read = texts.bytes()
  for (const line of rewritten) {
    starts[line] = block.length + read.length + (starts[line] ?? 0)
    ends[line] = block.length + read.length + (ends[line] ?? 0)
  }
  const lineIndexes = starts.map((_, line) => line)
  const bytes = read.length + rewrittenBytes === 0 ? block : Buffer.concat([block, read, ...pieces])
  return { bytes, blockBytes: block.length, requestStarts, starts, ends, lineIndexes, size: starts.length }
}

/** A line for each record. */
function toNdjson(request: Uint8Array, lines: AccessLineReader): Buffer {
  const decoded = decodeOtlpLogs(request, { encoding: 'json', lines })
  if (decoded.kind === 'decoded') return decoded.ndjson
  return Buffer.concat([request.subarray(0, MAX_LINE_SHOWN_BYTES), NEWLINE_BYTES])
}
