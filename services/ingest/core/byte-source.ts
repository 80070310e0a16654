// Hot path: indexes bytes, several parameters.

/** Bytes with the views that the scanners need: a `Buffer` for its native search, a `DataView` to compare four bytes at once. */
export interface ByteSource {
  readonly bytes: Buffer
  readonly view: DataView
}

export function toByteSource(bytes: Uint8Array): ByteSource {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }
}

const GOLDEN = 0x9e3779b1
const MURMUR = 0x85ebca6b

/**
 * A 32-bit hash of `[start, end)`: four lanes of four bytes, each step a bijection, so that texts of one length that differ
 * in one place never meet. Not cryptographic: whoever uses it bounds its probes.
 */
export function hashBytes(source: ByteSource, start: number, end: number): number {
  const view = source.view
  const length = end - start
  if (length < 8) return hashShort(source, start, end)
  // The last words may overlap those before, which spares a loop over the rest.
  let a = length
  let b = GOLDEN
  let c = Math.imul(view.getInt32(end - 8, true), GOLDEN)
  let d = Math.imul(view.getInt32(end - 4, true), MURMUR)
  let at = start
  for (; at + 16 <= end; at += 16) {
    a = Math.imul(a ^ view.getInt32(at, true), GOLDEN)
    b = Math.imul(b ^ view.getInt32(at + 4, true), GOLDEN)
    c = Math.imul(c ^ view.getInt32(at + 8, true), GOLDEN)
    d = Math.imul(d ^ view.getInt32(at + 12, true), GOLDEN)
  }
  if (at + 8 <= end) {
    a = Math.imul(a ^ view.getInt32(at, true), GOLDEN)
    b = Math.imul(b ^ view.getInt32(at + 4, true), GOLDEN)
  }
  return mix(mix(a) + Math.imul(b ^ (b >>> 15), MURMUR)) ^ mix(mix(c) + Math.imul(d ^ (d >>> 15), MURMUR))
}

function hashShort(source: ByteSource, start: number, end: number): number {
  const length = end - start
  if (length >= 4) {
    const first = source.view.getInt32(start, true)
    return mix(Math.imul(first ^ length, GOLDEN) ^ source.view.getInt32(end - 4, true))
  }
  let hash = length
  for (let at = start; at < end; at++) hash = (hash << 8) | (source.bytes[at] as number)
  return mix(hash)
}

function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), MURMUR)
  return mixed ^ (mixed >>> 13)
}

/** Are `left[leftAt, leftAt + length)` and `right[rightAt, rightAt + length)` the same bytes? */
export function equalBytes(left: ByteSource, leftAt: number, right: ByteSource, rightAt: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (left.bytes[leftAt + i] !== right.bytes[rightAt + i]) return false
    return true
  }
  const a = left.view
  const b = right.view
  const last = length - 4
  if (a.getInt32(leftAt + last, true) !== b.getInt32(rightAt + last, true)) return false
  let i = 0
  for (; i + 8 <= last; i += 8) {
    const first = a.getInt32(leftAt + i, true) ^ b.getInt32(rightAt + i, true)
    const second = a.getInt32(leftAt + i + 4, true) ^ b.getInt32(rightAt + i + 4, true)
    if ((first | second) !== 0) return false
  }
  for (; i < last; i += 4) if (a.getInt32(leftAt + i, true) !== b.getInt32(rightAt + i, true)) return false
  return true
}

/** Where `byte` first is in `[start, end)`, or `end`. */
export function findByte(source: ByteSource, byte: number, start: number, end: number): number {
  const { bytes, view } = source
  const pattern = Math.imul(byte, ONES)
  let at = start
  for (; at + 4 <= end; at += 4) {
    // What was found is a zero byte after the XOR.
    const zeros = zeroBytes(view.getInt32(at, true) ^ pattern)
    if (zeros !== 0) return at + firstByteOf(zeros)
  }
  while (at < end && bytes[at] !== byte) at++
  return at
}

/** Where a quote or a backslash first is in `[start, end)`, or `end`. */
export function findQuoteOrBackslash(source: ByteSource, start: number, end: number): number {
  const { bytes, view } = source
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word = view.getInt32(at, true)
    const zeros = zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES)
    if (zeros !== 0) return at + firstByteOf(zeros)
  }
  while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++
  return at
}

const ONES = 0x01010101
const QUOTE = 0x22
const BACKSLASH = 0x5c
const QUOTES = QUOTE * ONES
const BACKSLASHES = BACKSLASH * ONES

/** The high bit of each byte that is zero; bytes after the first such one may have it too. */
function zeroBytes(word: number): number {
  return (word - ONES) & ~word & 0x80808080
}

/** Little endian: the lowest bit that is set is in the first byte. */
function firstByteOf(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3
}
