import { padEnd, shorten } from '../../shared/faces/text-layout.ts'
import { count, duration, roughCount } from '../../shared/faces/words.ts'
import type { Terminal } from './terminal.ts'

/** How far reading has come. Bytes are those of the files as they are, so compressed where they are. */
export interface ReadProgress {
  readonly lines: number
  readonly bytesRead: number
  readonly bytesTotal?: number
}

export interface ProgressLine {
  reading(progress: ReadProgress): void
  /** Names what is being done now. */
  doing(what: string): void
  clear(): void
}

const REDRAW_MS = 100
const COLUMNS = 79
/** Before this much time an estimate of what is left is a guess. */
const ESTIMATE_AFTER_MS = 1_000

/** One line on standard error that rewrites itself; silent where nobody watches. */
export function startProgress(terminal: Pick<Terminal, 'watched' | 'writeError'>, nowMs: () => number): ProgressLine {
  if (!terminal.watched) return { reading: () => {}, doing: () => {}, clear: () => {} }
  const startedMs = nowMs()
  let drawnMs = 0
  const draw = (text: string) => terminal.writeError(`\r${padEnd(shorten(text, COLUMNS), COLUMNS)}`)
  return {
    reading: (progress) => {
      if (nowMs() - drawnMs < REDRAW_MS) return
      drawnMs = nowMs()
      draw(readingText(progress, drawnMs - startedMs))
    },
    doing: draw,
    clear: () => terminal.writeError(`\r${' '.repeat(COLUMNS)}\r`),
  }
}

/** `reading  1,234,000 lines  1.9 M lines/s  62 %  4 s left`. */
export function readingText({ lines, bytesRead, bytesTotal }: ReadProgress, elapsedMs: number): string {
  const pieces = ['reading', `${count(lines)} lines`, `${roughCount((lines * 1_000) / Math.max(1, elapsedMs))} lines/s`]
  if (bytesTotal !== undefined && bytesTotal > 0) {
    const share = Math.min(1, bytesRead / bytesTotal)
    pieces.push(`${Math.floor(share * 100)} %`)
    if (elapsedMs >= ESTIMATE_AFTER_MS && share > 0) pieces.push(`${duration((elapsedMs / share) * (1 - share))} left`)
  }
  return pieces.join('  ')
}
