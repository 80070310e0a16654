const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},]|\n|[^\s"[\]{},]+/g

/** The line (from 1) on which each element of a JSON array begins. The text must be valid JSON. */
export function elementLines(text: string): readonly number[] {
  const lines: number[] = []
  let line = 1
  let depth = 0
  let expectsElement = false
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '\n') {
      line += 1
      continue
    }
    const closes = token === ']' || token === '}'
    if (depth === 1 && expectsElement && !closes) lines.push(line)
    if (depth <= 1) expectsElement = (depth === 0 && token === '[') || (depth === 1 && token === ',')
    if (token === '[' || token === '{') depth += 1
    if (closes) depth -= 1
  }
  return lines
}
