// Hot path: indexes bytes.
import { toByteSource } from './byte-source.ts'
import { decodeOtlpLogs } from './otlp-logs.ts'
import type { OtlpRecords } from './otlp-records.ts'
import { isBlank, lineEnd, skipPadding } from './parse-block.ts'
import type { BlockLines } from './parsed-block.ts'

const NEWLINE = 0x0a
/** What is kept of a line that is no request, for people. */
const MAX_LINE_SHOWN_BYTES = 8 * 1024
const NEWLINE_BYTES = Buffer.from('\n')

/** A line for each record of a block of requests. */
export interface OtlpLines extends BlockLines {
  /** The block, and behind it lines of NDJSON; the lines that begin before `blockBytes` are what was added to the records. */
  readonly bytes: Uint8Array
  readonly blockBytes: number
  /** Where in the block the request of each line began. */
  readonly requestStarts: readonly number[]
}

/**
 * Finds the records of a block of requests, one request a line. Those of a request as exporters write it are added to `records`;
 * others become lines of NDJSON. A line that is no request stays, cut, to be rejected. `keepQuery` is Privacy's.
 */
export function unpackOtlpLines(block: Uint8Array, keepQuery: readonly string[], records: OtlpRecords): OtlpLines {
  const source = toByteSource(block)
  const starts: number[] = []
  const ends: number[] = []
  const requestStarts: number[] = []
  const pieces: Uint8Array[] = [block]
  let size = block.length
  records.clear()
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
    const piece = toNdjson(block.subarray(start, newline === -1 ? block.length : newline), keepQuery)
    for (let at = 0; at < piece.length; ) {
      const nextAt = piece.indexOf(NEWLINE, at) + 1
      const from = skipPadding(piece, at, nextAt)
      starts.push(size + from)
      ends.push(size + lineEnd(piece, from, nextAt))
      requestStarts.push(start)
      at = nextAt
    }
    pieces.push(piece)
    size += piece.length
  }
  const lineIndexes = starts.map((_, line) => line)
  const bytes = pieces.length === 1 ? block : Buffer.concat(pieces, size)
  return { bytes, blockBytes: block.length, requestStarts, starts, ends, lineIndexes, size: starts.length }
}

/** A line for each record. */
function toNdjson(request: Uint8Array, keepQuery: readonly string[]): Buffer {
  const decoded = decodeOtlpLogs(request, { encoding: 'json', keepQuery })
  if (decoded.kind === 'decoded') return decoded.ndjson
  return Buffer.concat([request.subarray(0, MAX_LINE_SHOWN_BYTES), NEWLINE_BYTES])
}
