/** Names of the colours that lines may have: none of them means good or bad. */
const COLOURS = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6'] as const
export type LineColour = (typeof COLOURS)[number] | 'ink' | 'soft'

/** A colour for each name, the same for the same name wherever it is drawn, as far as there are colours. */
export function lineColours(names: readonly string[]): ReadonlyMap<string, LineColour> {
  const taken = new Set<LineColour>()
  const chosen = new Map<string, LineColour>()
  for (const name of [...new Set(names)].toSorted()) {
    const start = sumOfCharacters(name) % COLOURS.length
    const order = COLOURS.map((_, step) => COLOURS[(start + step) % COLOURS.length] ?? 'v1')
    const colour = order.find((each) => !taken.has(each)) ?? 'soft'
    taken.add(colour)
    chosen.set(name, colour)
  }
  return chosen
}

function sumOfCharacters(name: string): number {
  let sum = 0
  for (const character of name) sum += character.codePointAt(0) ?? 0
  return sum
}
