import type { EventColumns } from './event-columns.ts'
import { eventLines } from './event-line.ts'

/** Events as canonical NDJSON, cut between lines into texts of at most `bytesMax` each; one longer line stands alone. */
export function* ndjsonLines(columns: EventColumns, bytesMax: number): Generator<Uint8Array, void> {
  const lineOf = eventLines(columns)
  let lines: string[] = []
  let bytes = 0
  for (let row = 0; row < columns.rows; row++) {
    const line = lineOf(row)
    const length = Buffer.byteLength(line)
    if (bytes > 0 && bytes + length > bytesMax) {
      yield Buffer.from(lines.join(''))
      lines = []
      bytes = 0
    }
    lines.push(line)
    bytes += length
  }
  if (bytes > 0) yield Buffer.from(lines.join(''))
}
