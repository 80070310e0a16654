/** One value of a line: its text, and what it stands in. */
export interface LineCell {
  readonly open: '' | '"' | '['
  readonly close: '' | '"' | ']'
  readonly text: string
}

const MAX_CELLS = 40

/** Cuts a line into cells: whole quoted or bracketed texts, or bare ones up to the separator. */
export function cutAtSeparators(line: string, separator: string): LineCell[] {
  const cells: LineCell[] = []
  for (let at = 0; at <= line.length && cells.length < MAX_CELLS; ) {
    const wrapped = wrappedAt(line, at, separator)
    const bareEnd = line.indexOf(separator, at)
    const end = wrapped?.end ?? (bareEnd === -1 ? line.length : bareEnd)
    cells.push(wrapped?.cell ?? { open: '', close: '', text: line.slice(at, end) })
    at = end + separator.length
  }
  return cells
}

/** The cell in quotes or brackets that begins here and ends before a separator or the line's end. */
function wrappedAt(line: string, start: number, separator: string): { cell: LineCell; end: number } | undefined {
  const open = line[start]
  if (open !== '"' && open !== '[') return undefined
  const close = open === '"' ? '"' : ']'
  for (let at = line.indexOf(close, start + 1); at !== -1; at = line.indexOf(close, at + 1)) {
    const end = at + 1
    const isEscaped = line[at - 1] === '\\' && line[at - 2] !== '\\'
    const isOver = end === line.length || line.startsWith(separator, end)
    if (isOver && !isEscaped) return { cell: { open, close, text: line.slice(start + 1, at) }, end }
  }
  return undefined
}
