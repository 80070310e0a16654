// Hot path: looks for bytes.
import type { ChunkSeams } from './chunk-seams.ts'

/** Whole lines, and what they can't be parsed without. */
export interface LinePiece {
  readonly bytes: Uint8Array
  /** Offset of the first byte in what was cut. */
  readonly from: number
  readonly directives: string
}

const NEWLINE = 0x0a

/**
 * Cuts whole lines into pieces of about `bytesMax`, each of which can be parsed without the others; a longer line stands
 * alone. Depends on the bytes only: the same lines are cut alike each time.
 */
export function* cutLines(bytes: Uint8Array, seams: ChunkSeams, bytesMax: number): Generator<LinePiece, void> {
  for (let from = 0; from < bytes.length; ) {
    const end = pieceEnd(bytes, from, bytesMax)
    const cut = bytes.subarray(from, end)
    // What is all one line that goes on has to go as it is.
    const length = (end < bytes.length ? seams.wholeLines(cut) : cut.length) || cut.length
    const piece = cut.subarray(0, length)
    yield { bytes: piece, from, directives: seams.directivesBefore(piece) }
    from += length
  }
}

function pieceEnd(bytes: Uint8Array, from: number, bytesMax: number): number {
  if (bytes.length - from <= bytesMax) return bytes.length
  const last = bytes.lastIndexOf(NEWLINE, from + bytesMax - 1)
  if (last >= from) return last + 1
  const next = bytes.indexOf(NEWLINE, from + bytesMax)
  return next === -1 ? bytes.length : next + 1
}
