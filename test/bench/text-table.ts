/** What every table here must fit into. */
const COLUMNS_MAX = 100

/** Rows under a header, columns as wide as what they hold: text to the left, numbers to the right. Throws when it is too wide to be read. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  const lines = [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
  const widest = Math.max(...lines.map(({ length }) => length))
  if (widest > COLUMNS_MAX) throw new Error(`a table of ${widest} columns: ${lines[0]}`)
  return lines.join('\n')
}
