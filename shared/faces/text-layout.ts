/** Fits text into columns. Widths are terminal columns: a wide character takes two, a combining mark none. */

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
const COMBINING = /\p{M}/u
const ELLIPSIS = '…'

export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** At most `columns` wide: a longer text loses its middle, because both ends of a name tell it from its neighbours. */
export function shorten(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  if (columns <= 1) return columns === 1 ? ELLIPSIS : ''
  const characters = [...text]
  const head = takeColumns(characters, Math.ceil((columns - 1) / 2))
  const tail = takeColumns(characters.toReversed(), Math.floor((columns - 1) / 2))
  return `${head.join('')}${ELLIPSIS}${tail.toReversed().join('')}`
}

/** Lines of at most `columns`, broken at spaces. A word too long for a line loses its middle. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (textWidth(joined) <= columns) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = shorten(word, columns)
  }
  return line === '' ? lines : [...lines, line]
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - textWidth(text))) + text
}

/** Pieces side by side, two spaces apart, on as few lines of at most `columns` as they need. */
export function flow(pieces: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const piece of pieces) {
    const last = lines.at(-1)
    const joined = last === undefined ? piece : `${last}  ${piece}`
    if (last !== undefined && textWidth(joined) <= columns) lines[lines.length - 1] = joined
    else lines.push(shorten(piece, columns))
  }
  return lines
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  const taken: string[] = []
  let width = 0
  for (const character of characters) {
    width += characterWidth(character)
    if (width > columns) break
    taken.push(character)
  }
  return taken
}
