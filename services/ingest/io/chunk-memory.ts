import { type AllocateChunk, allocateChunk } from './line-chunks.ts'

/** Memory of chunks, used again: the collector of garbage runs all the time over a log of millions of lines otherwise. */
export interface ChunkMemory {
  readonly take: AllocateChunk
  /** Takes back a chunk that nobody reads any more. */
  giveBack(bytes: Uint8Array): void
}

const FREE_MAX = 16

export function createChunkMemory(): ChunkMemory {
  const free: Uint8Array[] = []
  return {
    take(length) {
      const memory = free.pop()
      // What is too short is let go: before long all of it is as long as the longest.
      return memory !== undefined && memory.length >= length ? memory.subarray(0, length) : allocateChunk(length)
    },
    giveBack(bytes) {
      // Other memory would be copied on its way to another thread.
      if (bytes.buffer instanceof SharedArrayBuffer && free.length < FREE_MAX) free.push(new Uint8Array(bytes.buffer))
    },
  }
}
