declare module 'snappyjs' {
  /** @throws when the bytes are no snappy, or say they inflate to more than `bytesMax`. */
  export function uncompress(compressed: Uint8Array, bytesMax: number): Uint8Array
  export function compress(bytes: Uint8Array): Uint8Array
}

declare module 'lz4js' {
  /** No fewer bytes than the frame inflates to, by its header or its count of blocks. */
  export function decompressBound(frame: Uint8Array): number
  /** Writes into `inflated` and returns how many bytes there were, which may be more than it has. */
  export function decompressFrame(frame: Uint8Array, inflated: Uint8Array): number
}
