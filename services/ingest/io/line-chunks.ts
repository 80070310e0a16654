/** A piece of a log that begins at the start of a line and ends at the end of one. */
export interface LineChunk {
  /** Its memory is this chunk's own and shared, so that another thread reads it without a copy. */
  readonly bytes: Uint8Array
  /** Where it begins in the decompressed log. */
  readonly firstByte: number
}

/** Memory of `length` bytes for a chunk. What is in it does not matter. */
export type AllocateChunk = (length: number) => Uint8Array

const NEWLINE = 0x0a

/**
 * Cuts a stream of bytes at line ends into chunks of at most `chunkBytes`. Depends on the bytes only, never on how they
 * come in pieces: the same log is cut alike each time. A line longer than a chunk comes as a chunk of its first
 * `chunkBytes` bytes, with no newline in it; the rest of that line is skipped.
 */
export async function* cutAtLines(
  pieces: AsyncIterable<Uint8Array>,
  chunkBytes: number,
  allocate: AllocateChunk = allocateChunk,
): AsyncGenerator<LineChunk, void> {
  let buffer = allocate(chunkBytes)
  let filled = 0
  let firstByte = 0
  let isSkipping = false
  for await (const piece of pieces) {
    let rest = piece
    while (rest.length > 0) {
      if (isSkipping) {
        const newline = rest.indexOf(NEWLINE)
        isSkipping = newline === -1
        const skipped = isSkipping ? rest.length : newline + 1
        firstByte += skipped
        rest = rest.subarray(skipped)
        continue
      }
      const taken = rest.subarray(0, chunkBytes - filled)
      buffer.set(taken, filled)
      filled += taken.length
      rest = rest.subarray(taken.length)
      if (filled < chunkBytes) continue
      const newline = buffer.lastIndexOf(NEWLINE)
      isSkipping = newline === -1
      const end = isSkipping ? filled : newline + 1
      const next = allocate(chunkBytes)
      next.set(buffer.subarray(end))
      yield { bytes: buffer.subarray(0, end), firstByte }
      buffer = next
      filled -= end
      firstByte += end
    }
  }
  if (filled > 0) yield { bytes: buffer.subarray(0, filled), firstByte }
}

/**
 * Shared memory, because once a thread has handed over any memory for good, the compiler checks at each of its reads of bytes
 * whether they are still there: a quarter of the time of parsing.
 */
export function allocateChunk(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length))
}
