// Hot path: indexes bytes, several parameters.
import { createEventAssembler } from './assemble-events.ts'
import { type ByteSource, toByteSource } from './byte-source.ts'
import { createSlots, LINE_TOO_LONG, OK, SKIPPED } from './formats/line-format.ts'
import { compileFormat } from './formats/table.ts'
import {
  type BlockParser,
  type BlockParserOptions,
  type BlockPosition,
  MAX_LINE_BYTES,
  type ParsedBlock,
} from './parsed-block.ts'
import { createRejectList, type RejectList } from './reject-list.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
/** Beyond so many bytes the memory of values is started afresh: a flood of paths that come once each must not fill it. */
const MAX_REMEMBERED_BYTES = 64 * 1024 * 1024
const FIRST_BYTES_PER_LINE = 200
/** Rows to expect beyond what the last block's lines foretell. */
const SPARE_SHARE = 1.1
const SPARE_ROWS = 16

export function createBlockParser(options: BlockParserOptions): BlockParser {
  const format = compileFormat(options.format)
  const slots = createSlots()
  let assembler = createEventAssembler(format, options)
  let bytesPerLine = FIRST_BYTES_PER_LINE

  function parse(block: Uint8Array, position: BlockPosition): ParsedBlock {
    if (assembler.weight() > MAX_REMEMBERED_BYTES) assembler = createEventAssembler(format, options)
    assembler.begin(Math.ceil((block.length / bytesPerLine) * SPARE_SHARE) + SPARE_ROWS)
    const source = toByteSource(block)
    const rejects = createRejectList(source.bytes, slots, position)
    const counts = { lines: 0, parsed: 0, skipped: 0, blank: 0 }
    for (let start = 0; start < block.length; ) {
      const newline = source.bytes.indexOf(NEWLINE, start)
      const next = newline === -1 ? block.length : newline + 1
      parseLine(source, start, next, counts, rejects)
      start = next
    }
    if (counts.lines > 0) bytesPerLine = block.length / counts.lines
    return { ...counts, ...rejects.finish(), ...assembler.finish() }
  }

  function parseLine(source: ByteSource, start: number, next: number, counts: LineCounts, rejects: RejectList): void {
    const first = skipPadding(source.bytes, start, next)
    const end = lineEnd(source.bytes, first, next)
    const lineIndex = counts.lines++
    if (isBlank(source.bytes, first, end)) {
      counts.blank += 1
      return
    }
    const scanned = end - first > MAX_LINE_BYTES ? LINE_TOO_LONG : format.scan(source, first, end, slots)
    const outcome = scanned === OK ? assembler.add(source, slots) : scanned
    if (outcome === OK) counts.parsed += 1
    else if (outcome === SKIPPED) counts.skipped += 1
    else rejects.add(outcome, { lineIndex, start: first, end })
  }

  return { parse }
}

interface LineCounts {
  lines: number
  parsed: number
  skipped: number
  blank: number
}

/** The zeros that a truncated file begins with when its writer goes on where it was, and a byte order mark. */
function skipPadding(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] === 0) at++
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? Math.min(at + 3, end) : at
}

function lineEnd(bytes: Buffer, start: number, next: number): number {
  let end = next
  if (end > start && bytes[end - 1] === NEWLINE) end--
  if (end > start && bytes[end - 1] === RETURN) end--
  return end
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at] as number) <= SPACE) at++
  return at === end
}
