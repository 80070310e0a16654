import type { Reject } from './parsed-block.ts'

/** The lines of one block, its rejects numbered from 1 at its own start. */
export interface NumberedBlock {
  readonly fileIndex: number
  readonly lines: number
  readonly rejects: readonly Reject[]
}

/**
 * Numbers rejects by their line in the whole log. Blocks are parsed side by side, before anyone knows how many lines
 * came before them; give them here in the order of the log.
 */
export function createLineNumbering(): (block: NumberedBlock) => Reject[] {
  let fileIndex = -1
  let linesBefore = 0
  return (block) => {
    if (block.fileIndex !== fileIndex) linesBefore = 0
    fileIndex = block.fileIndex
    const numbered = block.rejects.map((reject) => ({ ...reject, lineNumber: reject.lineNumber + linesBefore }))
    linesBefore += block.lines
    return numbered
  }
}
