import { type ChunkSeams, createChunkSeams, NO_SEAMS } from '../core/chunk-seams.ts'
import type { FilePattern } from '../core/file-pattern.ts'
import type { BlockParserOptions } from '../core/parsed-block.ts'
import { cutTail } from '../core/tail-cut.ts'
import type { ReceivedLines } from '../receive-events.ts'
import { rejectingParser, type SourceOptions, tryParser } from '../source-options.ts'
import type { OpenLog } from './open-log.ts'
import type { TailPosition } from './tail-positions.ts'

/** Files to follow, and how their lines are read. */
export interface TailSource {
  /** As it is in the configuration. */
  readonly path: string
  readonly pattern: FilePattern
  /** Where reading begins in files that are there at the very first start. */
  readonly from: 'beginning' | 'end'
  readonly options: SourceOptions
}

/** The lines of one log, whatever file they are in by now. */
export interface FollowedLog {
  readonly source: TailSource
  log: OpenLog
  position: TailPosition
  /** It is still found under the source's path. */
  isNamed: boolean
  /** It was rotated, and nobody has written to it for long. */
  isOver: boolean
  sizeBytes: number
  grewAtMs: number
  /** Sent and not yet known to be safe. */
  block: ReceivedLines | undefined
  reader: LogReader | undefined
}

interface LogReader {
  readonly parser: BlockParserOptions
  readonly seams: ChunkSeams
}

const BLOCK_BYTES = 1024 * 1024
/** Of the beginning, where a log says how to read it. */
const SAMPLE_BYTES = 64 * 1024

/** The lines that go next, planned in the position; the same ones again until `confirm`. */
export async function nextBlock(followed: FollowedLog): Promise<ReceivedLines | undefined> {
  if (followed.block !== undefined) return followed.block
  for (;;) {
    const { position, log, isOver, sizeBytes } = followed
    const { id, path, offset } = position
    const planned = position.plannedEnd - offset
    const unread = await log.read(offset, planned > 0 ? planned : Math.min(BLOCK_BYTES, sizeBytes - offset))
    if (unread.length === 0) return undefined
    const reader = followed.reader ?? (await chooseReader(followed, unread))
    const state = { bytesMax: BLOCK_BYTES, isLineLeft: position.isLineLeft, isOver }
    const cut = planned > 0 ? undefined : cutTail(unread, reader.seams, state)
    if (cut?.kind === 'wait') return undefined
    if (cut !== undefined) {
      const plannedEnd = offset + cut.length
      const { isLineLeft } = cut
      followed.position = { ...position, offset: cut.kind === 'skip' ? plannedEnd : offset, plannedEnd, isLineLeft }
      if (cut.kind === 'skip') continue
    }
    const bytes = unread.subarray(0, cut?.length ?? planned)
    const token = `${id}:${offset}-${followed.position.plannedEnd}`
    const directives = reader.seams.directivesBefore(bytes)
    followed.block = { bytes, source: path, token, parser: reader.parser, directives }
    return followed.block
  }
}

/** What was planned is safe. */
export function confirm(followed: FollowedLog): void {
  followed.block = undefined
  followed.position = { ...followed.position, offset: followed.position.plannedEnd }
}

/** Told by the log's first lines, else by those that are new, else again with the next ones. */
async function chooseReader(followed: FollowedLog, unread: Uint8Array): Promise<LogReader> {
  const { log, position, source } = followed
  const beginning = await log.read(0, SAMPLE_BYTES)
  const parser = tryParser(source.options, beginning) ?? tryParser(source.options, unread)
  if (parser === undefined) return { parser: rejectingParser(source.options), seams: NO_SEAMS }
  const seams = createChunkSeams(parser.format)
  seams.directivesBefore(beginning.subarray(0, position.offset))
  followed.reader = { parser, seams }
  return followed.reader
}
