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

// `| 0` says to the compiler that a number is a 32-bit integer; without it the loops below run in floating point.
const GOLDEN = 0x9e3779b1 | 0
const MURMUR = 0x85ebca6b | 0

/**
 * A 32-bit hash of `[start, end)`, at least eight bytes: four lanes of four bytes, each step a bijection, so that texts of
 * one length that differ in one place hardly meet. Not cryptographic: whoever uses it bounds its probes.
 */
export function hashBytes(source: ByteSource, start: number, end: number): number {
  const view = source.view
  // The last words may overlap those before, which spares a loop over the rest.
  let a = (end - start) | 0
  let b = GOLDEN
  let c = Math.imul(view.getInt32(end - 8, true), GOLDEN)
  let d = Math.imul(view.getInt32(end - 4, true), MURMUR)
  let at = start
  for (; at + 16 <= end; at = (at + 16) | 0) {
    a = Math.imul(a ^ view.getInt32(at, true), GOLDEN)
    b = Math.imul(b ^ view.getInt32(at + 4, true), GOLDEN)
    c = Math.imul(c ^ view.getInt32(at + 8, true), GOLDEN)
    d = Math.imul(d ^ view.getInt32(at + 12, true), GOLDEN)
  }
  if (at + 8 <= end) {
    a = Math.imul(a ^ view.getInt32(at, true), GOLDEN)
    b = Math.imul(b ^ view.getInt32(at + 4, true), GOLDEN)
  }
  return hashWords(a ^ ((c << 16) | (c >>> 16)), b ^ ((d << 16) | (d >>> 16)))
}

/** The same of bytes of any length. */
export function hashAny(source: ByteSource, start: number, end: number): number {
  const length = end - start
  if (length >= 8) return hashBytes(source, start, end)
  if (length >= 4) return hashWords(source.view.getInt32(start, true), source.view.getInt32(end - 4, true) ^ length)
  let bytes = 0
  for (let at = start; at < end; at++) bytes = (bytes << 8) | (source.bytes[at] as number)
  return hashWords(bytes, length)
}

/** A 32-bit hash of two numbers. */
export function hashWords(left: number, right: number): number {
  const low = Math.imul(left ^ (left >>> 15), GOLDEN)
  const both = Math.imul((low ^ (low >>> 13)) + right, MURMUR)
  return both ^ (both >>> 16)
}

/** Are `left[leftAt, leftAt + length)` and `right[rightAt, rightAt + length)` the same bytes? */
export function equalBytes(
  left: ByteSource,
  leftAt: number,
  right: ByteSource,
  rightAt: number,
  length: number,
): boolean {
  const a = left.view
  const b = right.view
  if (length < 16) return equalShort(left, leftAt, right, rightAt, length)
  const last = (length - 16) | 0
  for (let i = 0; i < last; i = (i + 16) | 0) if (!equalSixteen(a, leftAt + i, b, rightAt + i)) return false
  // The last sixteen may overlap those before, which spares a loop over the rest.
  return equalSixteen(a, leftAt + last, b, rightAt + last)
}

function equalSixteen(a: DataView, i: number, b: DataView, j: number): boolean {
  const first = a.getInt32(i, true) ^ b.getInt32(j, true)
  const second = a.getInt32(i + 4, true) ^ b.getInt32(j + 4, true)
  const third = a.getInt32(i + 8, true) ^ b.getInt32(j + 8, true)
  const fourth = a.getInt32(i + 12, true) ^ b.getInt32(j + 12, true)
  return (first | second | third | fourth) === 0
}

function equalShort(left: ByteSource, leftAt: number, right: ByteSource, rightAt: number, length: number): boolean {
  const a = left.view
  const b = right.view
  if (length < 4) {
    for (let i = 0; i < length; i++) if (left.bytes[leftAt + i] !== right.bytes[rightAt + i]) return false
    return true
  }
  // Two words from each end, which overlap.
  const second = length < 8 ? 0 : 4
  const last = length - 4
  const start =
    (a.getInt32(leftAt, true) ^ b.getInt32(rightAt, true)) |
    (a.getInt32(leftAt + second, true) ^ b.getInt32(rightAt + second, true))
  const end =
    (a.getInt32(leftAt + last, true) ^ b.getInt32(rightAt + last, true)) |
    (a.getInt32(leftAt + last - second, true) ^ b.getInt32(rightAt + last - second, true))
  return (start | end) === 0
}

/** Where `byte` first is in `[start, end)`, or `end`. */
export function findByte(source: ByteSource, byte: number, start: number, end: number): number {
  const { bytes, view } = source
  const pattern = Math.imul(byte, ONES)
  const lastOfFour = (end - 16) | 0
  let at = start | 0
  // One branch for four words: most hold nothing.
  for (; at <= lastOfFour; at = (at + 16) | 0) {
    const first = zeroBytes(view.getInt32(at, true) ^ pattern)
    const second = zeroBytes(view.getInt32(at + 4, true) ^ pattern)
    const third = zeroBytes(view.getInt32(at + 8, true) ^ pattern)
    const fourth = zeroBytes(view.getInt32(at + 12, true) ^ pattern)
    if ((first | second | third | fourth) === 0) continue
    if (first !== 0) return at + firstByteOf(first)
    if (second !== 0) return at + 4 + firstByteOf(second)
    return third !== 0 ? at + 8 + firstByteOf(third) : at + 12 + firstByteOf(fourth)
  }
  const lastWord = (end - 4) | 0
  for (; at <= lastWord; at = (at + 4) | 0) {
    // What was found is a zero byte after the XOR.
    const zeros = zeroBytes(view.getInt32(at, true) ^ pattern)
    if (zeros !== 0) return at + firstByteOf(zeros)
  }
  while (at < end && bytes[at] !== byte) at = (at + 1) | 0
  return at
}

const ONES = 0x01010101 | 0
const HIGH_BITS = 0x80808080 | 0

/** The high bit of each byte that is zero; bytes after the first such one may have it too. */
function zeroBytes(word: number): number {
  return ((word - ONES) | 0) & ~word & HIGH_BITS
}

/** Little endian: the lowest bit that is set is in the first byte. */
function firstByteOf(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3
}
