import type { AllocateChunk } from './line-chunks.ts'
import { type LogChunk, type LogFile, readLog } from './log-file.ts'

/** A log whose first bytes were looked at. */
export interface PlannedLog<Examined> {
  readonly file: LogFile
  readonly examined: Examined
  /** All of it. Once. */
  readonly chunks: AsyncIterable<LogChunk>
}

/**
 * Looks at the beginning of each log before any is read, so that what is wrong with one of many is told at once, and their
 * order can be chosen. What can be read only once, a pipe, is held where it was looked at.
 */
export async function planLogs<Examined>(
  files: readonly LogFile[],
  { chunkBytes, allocate }: { readonly chunkBytes: number; readonly allocate?: AllocateChunk },
  examine: (file: LogFile, firstBytes: Uint8Array) => Examined,
): Promise<PlannedLog<Examined>[]> {
  const planned: PlannedLog<Examined>[] = []
  for (const file of files) {
    const isHeld = file.sizeBytes === undefined || files.length === 1
    const chunks = isHeld ? readLog(file, chunkBytes, allocate) : readLog(file, HEAD_BYTES)
    const first = await chunks.next()
    if (first.done === true) continue
    const examined = examine(file, first.value.bytes.subarray(0, HEAD_BYTES))
    if (!isHeld) await chunks.return()
    planned.push({ file, examined, chunks: isHeld ? resume(first.value, chunks) : readLog(file, chunkBytes, allocate) })
  }
  return planned
}

/** What a log is known by. */
const HEAD_BYTES = 256 * 1024

async function* resume(first: LogChunk, rest: AsyncIterable<LogChunk>): AsyncGenerator<LogChunk, void> {
  yield first
  yield* rest
}
