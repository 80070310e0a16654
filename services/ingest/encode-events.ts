// Many lines in, blocks of events out that the store takes as they are. The lines are parsed once and in another thread: on
// this one a log of any size would keep everything else waiting.
import type { Admission } from './core/admission.ts'
import { createChunkSeams } from './core/chunk-seams.ts'
import { cutLines, type LinePiece } from './core/cut-lines.ts'
import { type BlockParserOptions, MAX_REJECTS_KEPT, type Reject } from './core/parsed-block.ts'
import type { Privacy } from './core/privacy.ts'
import { createChunkMemory } from './io/chunk-memory.ts'
import type { ParsePool } from './io/parse-pool.ts'
import { CLOCK_SKEW_MS, type EncodeEvents, type ReceivedLines } from './receive-events.ts'

export interface EventEncoderDeps {
  readonly pool: ParsePool
  readonly admission: Admission
  readonly messageBytesMax: number
  readonly nowMs: () => number
}

const PARSERS_MAX = 64

/** Blocks are in ClickHouse's Native format and no larger than a message; the same lines give the same blocks. */
export function createEventEncoder(deps: EventEncoderDeps, privacy: Privacy): EncodeEvents {
  const { pool, admission, messageBytesMax, nowMs } = deps
  const idFor = numberParsers()
  const memory = createChunkMemory()

  async function parse(piece: LinePiece, { source, parser }: ReceivedLines, firstLine: number) {
    const bytes = memory.take(piece.bytes.length)
    bytes.set(piece.bytes)
    const { summary, names, encode } = await pool.parse({
      parser: { id: idFor(parser), options: { ...parser, privacy } },
      position: { source, firstLine, firstByte: piece.from, directives: piece.directives },
      bytes,
      latestMs: nowMs() + CLOCK_SKEW_MS,
    })
    memory.giveBack(bytes)
    return { summary, native: summary.parsed > 0 ? await encode(admission.admit(names())) : new Uint8Array(0) }
  }

  return async (lines) => {
    const values: Uint8Array[] = []
    const rejects: Reject[] = []
    let [accepted, rejected, clamped, firstLine] = [0, 0, 0, 1]
    const pieces = [...cutLines(lines.bytes, seamsOf(lines), messageBytesMax)]
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      const { summary, native } = await parse(piece, lines, firstLine)
      // Very short lines become longer. One line alone, which may hold many events, stays whole.
      const halves = native.length > messageBytesMax ? halve(piece, lines) : []
      if (halves.length > 1) {
        pieces.unshift(...halves)
        continue
      }
      if (native.length > 0) values.push(native)
      rejects.push(...summary.rejects.slice(0, MAX_REJECTS_KEPT - rejects.length))
      accepted += summary.parsed
      rejected += summary.rejected
      clamped += summary.clamped
      firstLine += summary.lines
    }
    return { values, receipt: { accepted, rejected, clamped, rejects } }
  }
}

function seamsOf({ parser, directives = '' }: Pick<ReceivedLines, 'parser' | 'directives'>) {
  const seams = createChunkSeams(parser.format)
  if (directives !== '') seams.directivesBefore(Buffer.from(directives))
  return seams
}

function halve({ bytes, from, directives }: LinePiece, { parser }: ReceivedLines): LinePiece[] {
  const halves = cutLines(bytes, seamsOf({ parser, directives }), Math.ceil(bytes.length / 2))
  return Array.from(halves, (half) => ({ ...half, from: from + half.from }))
}

/** The threads know a parser by its number. */
function numberParsers(): (options: BlockParserOptions) => number {
  const ids = new Map<string, number>()
  let last = 0
  return (options) => {
    const key = JSON.stringify(options)
    const id = ids.get(key) ?? ++last
    ids.delete(key)
    ids.set(key, id)
    const [oldest] = ids.keys()
    if (ids.size > PARSERS_MAX && oldest !== undefined) ids.delete(oldest)
    return id
  }
}
