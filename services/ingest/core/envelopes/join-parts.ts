// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, toByteSource } from '../byte-source.ts'
import { COMMENT, LINE_TOO_LONG, OK } from '../formats/line-format.ts'
import { MAX_LINE_BYTES } from '../parsed-block.ts'
import { FROM, TO } from './envelope.ts'

/** Writes what `from[start, end)` means to `to`, from `at` on; returns where it ends. It is never longer than what it is made of. */
export type WriteText = (from: ByteSource, start: number, end: number, to: ByteSource, at: number) => number

/** Puts lines together again that were cut into parts, in bytes of its own. */
export interface PartJoiner {
  begin(block: ByteSource): ByteSource
  /** Takes the next part of a stream's line; once `isLast`, `inside` is the whole line and the answer is OK. */
  add(stream: number, start: number, end: number, isLast: boolean): number
}

/** The program's two outputs, whose parts may come between one another. */
export const STDOUT = 0
export const STDERR = 1

const NEWLINE = 0x0a
const RETURN = 0x0d

export function createPartJoiner(inside: Int32Array, write: WriteText): PartJoiner {
  let block = toByteSource(new Uint8Array(0))
  let joined = block
  let used = 0
  /** For each stream the parts that wait for their last one: start and end in turn. */
  const waiting: readonly [number[], number[]] = [[], []]

  function begin(source: ByteSource): ByteSource {
    block = source
    // Texts only shrink, so a block's worth is room for all of its lines.
    if (joined.bytes.length < source.bytes.length) joined = toByteSource(new Uint8Array(source.bytes.length))
    used = 0
    for (const parts of waiting) parts.length = 0
    return joined
  }

  function add(stream: number, start: number, end: number, isLast: boolean): number {
    const parts = waiting[stream === STDERR ? STDERR : STDOUT]
    if (!isLast) {
      parts.push(start, end)
      return COMMENT
    }
    const from = used
    for (let i = 0; i < parts.length; i += 2)
      used = write(block, parts[i] as number, parts[i + 1] as number, joined, used)
    parts.length = 0
    used = write(block, start, end, joined, used)
    let to = used
    if (to > from && joined.bytes[to - 1] === NEWLINE) to--
    if (to > from && joined.bytes[to - 1] === RETURN) to--
    inside[FROM] = from
    inside[TO] = to
    if (to === from) return COMMENT
    return to - from > MAX_LINE_BYTES ? LINE_TOO_LONG : OK
  }

  return { begin, add }
}
