/** The line (from 1) on which each element of a JSON array begins. The text must be valid JSON. */
export function elementLines(text: string): readonly number[] {
  const lines: number[] = []
  let line = 1
  let depth = 0
  let expectsElement = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '\n') line += 1
    if (sign === '\n' || sign === '\r' || sign === '\t' || sign === ' ') continue
    const closes = sign === ']' || sign === '}'
    if (depth === 1 && expectsElement && !closes) lines.push(line)
    if (depth <= 1) expectsElement = (depth === 0 && sign === '[') || (depth === 1 && sign === ',')
    if (sign === '[' || sign === '{') depth += 1
    if (closes) depth -= 1
    if (sign === '"') at = stringEnd(text, at)
  }
  return lines
}

/** Where the string that begins at `from` ends. A regular expression runs out of stack on one of millions of characters. */
function stringEnd(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
