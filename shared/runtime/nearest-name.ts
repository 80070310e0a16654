/** The candidate that `name` was most likely meant to be, by edit distance; undefined when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const farthest = Math.max(2, Math.floor(name.length / 3))
  let nearest: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > farthest) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance <= farthest && (nearest === undefined || distance < nearest.distance))
      nearest = { candidate, distance }
  }
  return nearest?.candidate
}

/** Levenshtein distance: the fewest insertions, deletions and substitutions from one to the other. O(length × length). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const substituted = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(substituted, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
