import { type AllocateChunk, allocateChunk } from './line-chunks.ts'

/** Memory of chunks, used again: the collector of garbage runs all the time over a log of millions of lines otherwise. */
export interface ChunkMemory {
  readonly take: AllocateChunk
  /** The memory of a chunk that nobody reads any more. */
  giveBack(memory: ArrayBuffer): void
}

export function createChunkMemory(): ChunkMemory {
  const free: ArrayBuffer[] = []
  return {
    take(length) {
      const memory = free.pop()
      return memory?.byteLength === length ? new Uint8Array(memory) : allocateChunk(length)
    },
    giveBack(memory) {
      free.push(memory)
    },
  }
}
