// Hot path: looks for bytes.
import type { ChunkSeams } from './chunk-seams.ts'

/** What becomes of the unread bytes of a file that grows. */
export type TailCut =
  | { readonly kind: 'send'; readonly length: number; readonly isLineLeft: boolean }
  /** The rest of a line that was too long. */
  | { readonly kind: 'skip'; readonly length: number; readonly isLineLeft: boolean }
  | { readonly kind: 'wait' }

export interface TailState {
  /** As many bytes as are looked at; a line that is longer is sent as far as it goes, to be rejected, and skipped. */
  readonly bytesMax: number
  /** The unread bytes begin within a line that was too long. */
  readonly isLineLeft: boolean
  /** Nothing will follow: the last line may lack its end. */
  readonly isOver: boolean
}

const NEWLINE = 0x0a

export function cutTail(unread: Uint8Array, seams: ChunkSeams, state: TailState): TailCut {
  if (unread.length === 0) return { kind: 'wait' }
  if (state.isLineLeft) {
    const newline = unread.indexOf(NEWLINE)
    if (newline === -1) return { kind: 'skip', length: unread.length, isLineLeft: true }
    return { kind: 'skip', length: newline + 1, isLineLeft: false }
  }
  const isFull = unread.length >= state.bytesMax
  const linesEnd = unread.lastIndexOf(NEWLINE) + 1
  if (linesEnd === 0 && isFull) return { kind: 'send', length: unread.length, isLineLeft: true }
  if (state.isOver && !isFull) return { kind: 'send', length: unread.length, isLineLeft: false }
  const whole = seams.wholeLines(unread.subarray(0, linesEnd))
  const length = whole === 0 && isFull ? linesEnd : whole
  return length === 0 ? { kind: 'wait' } : { kind: 'send', length, isLineLeft: false }
}
