// Hot path: indexes bytes and fills typed arrays.
import { type ByteSource, toByteSource } from './byte-source.ts'
import { isBlank, lineEnd, skipPadding } from './parse-block.ts'
import type { BlockLines } from './parsed-block.ts'

/** Some lines of a log, by where they are in its bytes. */
export interface LogSample {
  readonly source: ByteSource
  readonly size: number
  /** Without line ends, byte order mark and the zeros of a truncated file. */
  readonly starts: ArrayLike<number>
  readonly ends: ArrayLike<number>
}

/** Lines that a log is told by: enough to outvote garbage, few enough to cost nothing. */
const SAMPLE_LINES = 200
const NEWLINE = 0x0a

/** The first lines that are not blank; the last one only if it is whole, or the only one. */
export function sampleFirstLines(bytes: Uint8Array): LogSample {
  const source = toByteSource(bytes)
  const starts = new Int32Array(SAMPLE_LINES)
  const ends = new Int32Array(SAMPLE_LINES)
  let size = 0
  for (let at = 0; at < bytes.length && size < SAMPLE_LINES; ) {
    const newline = bytes.indexOf(NEWLINE, at)
    if (newline === -1 && size > 0) break
    const next = newline === -1 ? bytes.length : newline + 1
    const start = skipPadding(source.bytes, at, next)
    const end = lineEnd(source.bytes, start, next)
    at = next
    if (isBlank(source.bytes, start, end)) continue
    starts[size] = start
    ends[size] = end
    size += 1
  }
  return { source, size, starts, ends }
}

/** `count` of these lines, evenly spaced. */
export function sampleLines(bytes: Uint8Array, lines: BlockLines, count: number): LogSample {
  const size = Math.min(count, lines.size)
  const pick = (from: ArrayLike<number>) =>
    Int32Array.from({ length: size }, (_, i) => from[Math.floor((i * lines.size) / size)] as number)
  return { source: toByteSource(bytes), size, starts: pick(lines.starts), ends: pick(lines.ends) }
}

/** The first `count` lines as texts of at most `maxBytes` bytes. */
export function sampleTexts({ source, size, starts, ends }: LogSample, count: number, maxBytes: number): string[] {
  return Array.from({ length: Math.min(size, count) }, (_, line) => {
    const start = starts[line] as number
    return source.bytes.toString('utf8', start, Math.min(ends[line] as number, start + maxBytes))
  })
}
