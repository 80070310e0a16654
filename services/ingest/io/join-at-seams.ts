import type { ChunkSeams } from '../core/chunk-seams.ts'
import type { LogChunk } from './log-file.ts'

/** A chunk that can be parsed without those before it. */
export interface SeamlessChunk extends LogChunk {
  /** The lines of the log that say how to read the chunk's first ones. */
  readonly directives: string
}

/** Moves what a chunk can't be parsed without from one to the next. */
export async function* joinAtSeams(
  chunks: AsyncIterable<LogChunk>,
  seams: ChunkSeams,
): AsyncGenerator<SeamlessChunk, void> {
  let heldBack: LogChunk | undefined
  for await (const read of chunks) {
    const chunk = heldBack === undefined ? read : join(heldBack, read)
    const length = seams.wholeLines(chunk.bytes)
    const { storedBytesRead } = chunk
    // A copy, as the chunk's memory goes to whoever parses it; slice() would be a view if it is a Buffer.
    const rest = {
      bytes: new Uint8Array(chunk.bytes.subarray(length)),
      firstByte: chunk.firstByte + length,
      storedBytesRead,
    }
    heldBack = rest.bytes.length > 0 ? rest : undefined
    if (length === 0) continue
    const bytes = chunk.bytes.subarray(0, length)
    yield { bytes, firstByte: chunk.firstByte, storedBytesRead, directives: seams.directivesBefore(bytes) }
  }
  if (heldBack !== undefined) yield { ...heldBack, directives: seams.directivesBefore(heldBack.bytes) }
}

function join(heldBack: LogChunk, next: LogChunk): LogChunk {
  const bytes = new Uint8Array(heldBack.bytes.length + next.bytes.length)
  bytes.set(heldBack.bytes)
  bytes.set(next.bytes, heldBack.bytes.length)
  return { ...next, bytes, firstByte: heldBack.firstByte }
}
