import { toByteSource } from './byte-source.ts'
import { decodeOtlpLogs } from './otlp-logs.ts'
import { isBlank } from './parse-block.ts'

const NEWLINE = 0x0a
/** What is kept of a line that is no request, for people. */
const MAX_LINE_SHOWN_BYTES = 8 * 1024
/** The records of a block of requests as lines of NDJSON. A line that is no request stays, cut, to be rejected. `keepQuery` is Privacy's. */
export function unpackOtlpLines(bytes: Uint8Array, keepQuery: readonly string[]): Buffer {
  const source = toByteSource(bytes)
  const unpacked: Uint8Array[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    const line = bytes.subarray(start, end)
    start = end + 1
    if (isBlank(source.bytes, end - line.length, end)) continue
    const decoded = decodeOtlpLogs(line, { encoding: 'json', keepQuery })
    if (decoded.kind === 'decoded') unpacked.push(decoded.ndjson)
    else unpacked.push(line.subarray(0, MAX_LINE_SHOWN_BYTES), NEWLINE_BYTES)
  }
  return Buffer.concat(unpacked)
}

const NEWLINE_BYTES = Buffer.from('\n')
