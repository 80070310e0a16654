// Hot path: indexes bytes, several parameters.
import type { ByteSource } from './byte-source.ts'

/** Do the bytes `[start, end)` mean themselves, so that what is stored of them is what was logged? Only when sure. */
export type IsPlain = (source: ByteSource, start: number, end: number) => boolean

/** No format escapes anything in it. */
export const isPlainText: IsPlain = (source, start, end) => isOnly(TEXT_BYTES, source, start, end)

/** Nor is there anything that is not kept of a request's target. */
export const isPlainPath: IsPlain = (source, start, end) =>
  source.bytes[start] === SLASH && start < end && isOnly(PATH_BYTES, source, start, end)

const SLASH = 0x2f
const TEXT_BYTES = allBut('\\%#+')
const PATH_BYTES = allBut('\\%#+?&;@')

/** 1 for each printable ASCII byte but these. */
function allBut(characters: string): Uint8Array {
  const table = new Uint8Array(256).fill(1, 0x20, 0x7f)
  for (const byte of Buffer.from(characters)) table[byte] = 0
  return table
}

function isOnly(allowed: Uint8Array, { bytes }: ByteSource, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (allowed[bytes[at] as number] === 0) return false
  return true
}
