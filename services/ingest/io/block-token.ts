import { createHash } from 'node:crypto'

/** Where a block came from. */
export interface BlockOrigin {
  readonly fileIdentity: string
  /** How often the same file was given before it: who gives a file twice means it twice. */
  readonly occurrence: number
  readonly firstByte: number
  readonly length: number
  /** CRC-32 of the bytes: a file may be another one under an old identity. */
  readonly checksum: number
}

/** The identity of a block: the same bytes of the same file give the same token, in this run or another. */
export function blockToken(origin: BlockOrigin): string {
  const { fileIdentity, occurrence, firstByte, length, checksum } = origin
  return `${fileIdentity}.${occurrence}:${firstByte}-${firstByte + length}:${checksum.toString(16)}`
}

/** One identity of bounded length for blocks that are stored together. */
export function joinTokens(tokens: readonly string[]): string {
  return createHash('sha256').update(tokens.join('\n')).digest('hex')
}
