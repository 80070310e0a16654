import { textWidth } from '../../../shared/faces/text-layout.ts'
import type { Paint, Tone } from './paint.ts'

interface SheetCell {
  /** Empty in the second column of a wide character. */
  readonly character: string
  readonly tone: Tone
}

interface Place {
  readonly row: number
  readonly column: number
}

/** Characters on a grid, painted at the end so that columns can be counted. Rows grow as they are written to. */
export class Sheet {
  readonly columns: number
  readonly #rows: (SheetCell | undefined)[][] = []

  constructor(columns: number) {
    this.columns = columns
  }

  /** Whether nothing was written in `[from, to)`. */
  isFree(row: number, from: number, to: number): boolean {
    const cells = this.#rows[row] ?? []
    return cells.slice(Math.max(0, from), to).every((cell) => cell === undefined)
  }

  put({ row, column: from }: Place, text: string, tone: Tone): void {
    const cells = this.#row(row)
    let column = from
    for (const character of text) {
      const width = textWidth(character)
      const before = cells[column - 1]
      if (width === 0 && before !== undefined) {
        cells[column - 1] = { character: before.character + character, tone }
        continue
      }
      cells[column] = { character, tone }
      if (width === 2) cells[column + 1] = { character: '', tone }
      column += width
    }
  }

  /** From below row 0 down to `row`, where it ends in `corner`; it joins a corner that already hangs on its way. */
  drawLine(row: number, column: number, stroke: { corner: string; tone: Tone }): void {
    for (let above = 1; above <= row; above += 1) {
      const passing = this.#rows[above]?.[column] === undefined ? '│' : '├'
      this.put({ row: above, column }, above === row ? stroke.corner : passing, stroke.tone)
    }
  }

  lines(paint: Paint): string[] {
    return this.#rows.map((cells) => paintRow(cells, paint))
  }

  #row(row: number): (SheetCell | undefined)[] {
    while (this.#rows.length <= row) this.#rows.push(Array.from({ length: this.columns }))
    return this.#rows[row] ?? []
  }
}

function paintRow(cells: readonly (SheetCell | undefined)[], paint: Paint): string {
  const last = cells.findLastIndex((cell) => cell !== undefined)
  const runs: { text: string; tone: Tone | undefined }[] = []
  for (const cell of cells.slice(0, last + 1)) {
    const run = runs.at(-1)
    const text = cell === undefined ? ' ' : cell.character
    if (run !== undefined && run.tone === cell?.tone) run.text += text
    else runs.push({ text, tone: cell?.tone })
  }
  return runs.map((run) => (run.tone === undefined ? run.text : paint(run.tone, run.text))).join('')
}
