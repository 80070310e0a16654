/** A label that wants to stand at `x`, so wide; both in pixels. */
export interface LabelWish {
  readonly x: number
  readonly width: number
}

/** Where its left edge goes, and in which row: 0 is the lowest, next to the chart. */
export interface LabelPlace {
  readonly left: number
  readonly row: number
}

const GAP_PX = 10

/** Puts labels side by side where they fit and above each other where they don't, each inside `width`. */
export function placeLabels(wishes: readonly LabelWish[], width: number): LabelPlace[] {
  const endOfRow: number[] = []
  const inOrder = [...wishes.keys()].toSorted((a, b) => (wishes[a]?.x ?? 0) - (wishes[b]?.x ?? 0))
  const places = new Map<number, LabelPlace>()
  for (const index of inOrder) {
    const wish = wishes[index] ?? { x: 0, width: 0 }
    const left = Math.max(0, Math.min(wish.x - 1, width - wish.width))
    const free = endOfRow.findIndex((end) => end + GAP_PX <= left)
    const row = free === -1 ? endOfRow.length : free
    endOfRow[row] = left + wish.width
    places.set(index, { left, row })
  }
  return wishes.map((_, index) => places.get(index) ?? { left: 0, row: 0 })
}
