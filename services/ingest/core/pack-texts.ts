/** Joins neighbours into texts of at most `bytesMax` each; one that is longer stands alone. Keeps the order. */
export function packTexts(texts: readonly Uint8Array[], bytesMax: number): Uint8Array[] {
  const packed: Uint8Array[] = []
  let together: Uint8Array[] = []
  let bytes = 0
  for (const text of texts) {
    if (bytes > 0 && bytes + text.length > bytesMax) {
      packed.push(Buffer.concat(together))
      together = []
      bytes = 0
    }
    together.push(text)
    bytes += text.length
  }
  if (bytes > 0) packed.push(Buffer.concat(together))
  return packed
}
