import { MINUTE_CELLS } from './core/minute-share.ts'
import type { MinuteOf, MinuteRange } from './io/read-durations.ts'

/** Gives a watcher its minutes as they are sealed, each once. */
export interface MinuteFollower {
  /** Where to begin: everything before that cell is not wanted. */
  startAt(cell: number): void
  /** Up to a cell that is not sealed; `nextCell` is after the last one that was judged. */
  follow(sealedEnd: number, nextCell: number): Promise<void>
}

export function followMinutes<Of>(
  read: (range: MinuteRange) => AsyncIterable<MinuteOf<Of>>,
  advance: (minute: number, services: readonly Of[]) => void,
): MinuteFollower {
  let next = 0
  return {
    startAt(cell) {
      next = Math.floor(cell / MINUTE_CELLS)
    },
    async follow(sealedEnd, nextCell) {
      const to = Math.floor(sealedEnd / MINUTE_CELLS)
      if (to <= next) return
      for await (const { minute, services } of read({ from: next, to })) {
        advance(minute, services)
        next = minute + 1
      }
      // After the newest minute that held anything what comes late is judged too, as with cells.
      next = Math.max(next, Math.min(Math.floor(nextCell / MINUTE_CELLS), to))
    },
  }
}
