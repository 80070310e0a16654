// Hot path: indexes bytes, several parameters.
import { createEventAssembler } from './assemble-events.ts'
import { type ByteSource, toByteSource } from './byte-source.ts'
import { clientWriter } from './client-address.ts'
import { createDroppedLines, type DroppedLines } from './dropped-lines.ts'
import { BATCH_LINES, COMMENT, LINE_TOO_LONG, type LineFormat, SKIPPED } from './formats/line-format.ts'
import { compileFormat } from './formats/table.ts'
import { createLineBatch, type LineBatch } from './line-batch.ts'
import { maskText } from './mask-text.ts'
import {
  type BlockLines,
  type BlockParser,
  type BlockParserOptions,
  type BlockPosition,
  MAX_LINE_BYTES,
  MAX_LINES_RETRIED,
  type ParsedBlock,
} from './parsed-block.ts'
import { STRICT_PRIVACY } from './privacy.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
/**
 * Beyond so many bytes the memory of values is started afresh: a flood of paths that come once each must not fill it. Three
 * times as much is held until the old one is collected; half of it would cost logs of twenty thousand paths a third more time.
 */
const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024
/** After a memory that held more than this for each line it was made of, which is one of values that come once each, the next may hold so much. */
const USEFUL_BYTES_PER_LINE = 64
const MAX_USELESS_BYTES = 4 * 1024 * 1024
const FIRST_BYTES_PER_LINE = 200
/** Rows to expect beyond what the last block's lines foretell. */
const SPARE_SHARE = 1.1
const SPARE_ROWS = 16

/**
 * `hashClient` is what an address becomes where the privacy settings want it hashed; `format` is what reads the lines, where it
 * is not what the options' format says.
 */
export function createBlockParser(
  options: BlockParserOptions,
  hashClient?: (address: string) => string,
  format: LineFormat = compileFormat(options.format),
): BlockParser {
  const writeClient = clientWriter((options.privacy ?? STRICT_PRIVACY).client, hashClient)
  const batch = createLineBatch()
  let assembler = createEventAssembler(format, options, writeClient)
  const mask = (text: string) => maskText(text, writeClient)
  let bytesPerLine = FIRST_BYTES_PER_LINE
  let rejected = createRejectedLines()
  let maxRemembered = MAX_REMEMBERED_BYTES
  let linesRemembered = 0

  function forgetBeyondMax(): void {
    const weight = assembler.weight()
    if (weight <= maxRemembered) return
    const isUseful = weight <= USEFUL_BYTES_PER_LINE * linesRemembered
    maxRemembered = isUseful ? MAX_REMEMBERED_BYTES : MAX_USELESS_BYTES
    linesRemembered = 0
    assembler = createEventAssembler(format, options, writeClient)
  }

  function parse(bytes: Uint8Array, position: BlockPosition, only?: BlockLines): ParsedBlock {
    forgetBeyondMax()
    const linesExpected = only === undefined ? Math.ceil((bytes.length / bytesPerLine) * SPARE_SHARE) : only.size
    assembler.begin(linesExpected + SPARE_ROWS)
    const block = toByteSource(bytes)
    const text = format.begin?.(block, position.directives ?? '') ?? block
    const dropped = createDroppedLines({ block: block.bytes, text: text.bytes, batch }, position, mask)
    rejected = createRejectedLines()
    const drop = (outcome: number, line: number) => {
      dropped.add(outcome, line)
      if (outcome !== SKIPPED) rejected.add(batch, line)
    }
    const { lines, blank } = only === undefined ? parseLines(block, text, drop) : parseOnly(block, text, only, drop)
    if (lines > 0 && only === undefined) bytesPerLine = bytes.length / lines
    linesRemembered += lines
    const assembled = assembler.finish()
    return { lines, parsed: assembled.columns.rows, blank, ...dropped.finish(), ...assembled }
  }

  /** Slots are offsets in `text`. */
  function parseLines(
    block: ByteSource,
    text: ByteSource,
    drop: DroppedLines['add'],
  ): { lines: number; blank: number } {
    const bytes = block.bytes
    let lines = 0
    let blank = 0
    for (let start = 0; start < bytes.length; lines++) {
      const newline = bytes.indexOf(NEWLINE, start)
      const next = newline === -1 ? bytes.length : newline + 1
      const first = skipPadding(bytes, start, next)
      const end = lineEnd(bytes, first, next)
      start = next
      if (isBlank(bytes, first, end) || scanLine(block, first, end, lines) === COMMENT) {
        blank += 1
        continue
      }
      if (batch.size === BATCH_LINES) flush(text, drop)
    }
    flush(text, drop)
    return { lines, blank }
  }

  function parseOnly(
    block: ByteSource,
    text: ByteSource,
    only: BlockLines,
    drop: DroppedLines['add'],
  ): { lines: number; blank: number } {
    let blank = 0
    for (let i = 0; i < only.size; i++) {
      const outcome = scanLine(block, only.starts[i] as number, only.ends[i] as number, only.lineIndexes[i] as number)
      if (outcome === COMMENT) blank += 1
      if (batch.size === BATCH_LINES) flush(text, drop)
    }
    flush(text, drop)
    return { lines: only.size, blank }
  }

  function scanLine(block: ByteSource, start: number, end: number, lineIndex: number): number {
    const line = batch.size
    const isTooLong = end - start > MAX_LINE_BYTES
    const outcome = isTooLong ? LINE_TOO_LONG : format.scan(block, start, end, batch.slots, line)
    if (outcome === COMMENT) return outcome
    batch.starts[line] = start
    batch.ends[line] = end
    batch.lineIndexes[line] = lineIndex
    batch.outcomes[line] = outcome
    batch.size += 1
    return outcome
  }

  function flush(text: ByteSource, drop: DroppedLines['add']): void {
    assembler.append(text, batch, drop)
    batch.slots.fill(-1)
    batch.size = 0
  }

  return { parse, rejectedLines: () => rejected }
}

interface RejectedLines extends BlockLines {
  add(batch: LineBatch, line: number): void
}

function createRejectedLines(): RejectedLines {
  const starts: number[] = []
  const ends: number[] = []
  const lineIndexes: number[] = []
  return {
    starts,
    ends,
    lineIndexes,
    get size() {
      return starts.length
    },
    add(batch, line) {
      if (starts.length === MAX_LINES_RETRIED) return
      starts.push(batch.starts[line] as number)
      ends.push(batch.ends[line] as number)
      lineIndexes.push(batch.lineIndexes[line] as number)
    },
  }
}

/** The zeros that a truncated file begins with when its writer goes on where it was, and a byte order mark. */
export function skipPadding(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] === 0) at++
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? Math.min(at + 3, end) : at
}

export function lineEnd(bytes: Buffer, start: number, next: number): number {
  let end = next
  if (end > start && bytes[end - 1] === NEWLINE) end--
  if (end > start && bytes[end - 1] === RETURN) end--
  return end
}

export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at] as number) <= SPACE) at++
  return at === end
}
