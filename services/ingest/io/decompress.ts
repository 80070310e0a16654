import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Decompress, ZstdErrorCode } from 'fzstd'

/** A compressed log that can't be read to its end; nothing before the fault may pass for the whole. */
export class DecompressError extends Error {
  readonly code: 'compressed_end_missing' | 'compressed_damaged' | 'compressed_window'

  constructor(code: DecompressError['code'], cause?: unknown) {
    super(code, { cause })
    this.name = 'DecompressError'
    this.code = code
  }
}

const INFLATED_PIECE_BYTES = 256 * 1024

/** Decompresses gzip, of one member or several. Throws a DecompressError if it is cut short or damaged. */
export async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const inflate = createGunzip({ chunkSize: INFLATED_PIECE_BYTES })
  // A failure of either end reaches the loop below through `inflate`.
  pipeline(Readable.from(compressed), inflate, () => {})
  try {
    yield* inflate
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'Z_BUF_ERROR') throw new DecompressError('compressed_end_missing', error)
    if (code === 'Z_DATA_ERROR') throw new DecompressError('compressed_damaged', error)
    throw error
  }
}

/** What `zstd -d` allows by default. */
const ZSTD_WINDOW_BYTES_MAX = 128 * 1024 * 1024

/**
 * How much is handed to the decompressor at once. It returns all that it can make of it, and four bytes of zstd can mean
 * 128 KiB, so this bounds what a hostile file can make us hold: 32 MiB.
 */
const ZSTD_SLICE_BYTES = 1_024

/** Decompresses zstd, of one frame or several. Throws a DecompressError if it is cut short or damaged. */
export async function* unzstd(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let blocks: Uint8Array[] = []
  const decompressor = new Decompress((block) => blocks.push(block))
  function push(slice: Uint8Array, isLast: boolean): Uint8Array[] {
    blocks = []
    try {
      decompressor.push(slice, isLast)
    } catch (error) {
      const isCut = error instanceof Error && 'code' in error && error.code === ZstdErrorCode.UnexpectedEOF
      throw new DecompressError(isCut ? 'compressed_end_missing' : 'compressed_damaged', error)
    }
    return blocks
  }
  let isFirst = true
  for await (const piece of compressed) {
    if (isFirst && zstdWindowBytes(piece) > ZSTD_WINDOW_BYTES_MAX) throw new DecompressError('compressed_window')
    isFirst = false
    for (let from = 0; from < piece.length; from += ZSTD_SLICE_BYTES)
      yield* push(piece.subarray(from, from + ZSTD_SLICE_BYTES), false)
  }
  yield* push(new Uint8Array(0), true)
}

/** How far back the frame that begins here may refer: RFC 8878, 3.1.1.1. */
function zstdWindowBytes(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const descriptor = frame[4] ?? 0
  const isSingleSegment = (descriptor & 0x20) !== 0
  if (!isSingleSegment) {
    const window = frame[5] ?? 0
    const base = 2 ** (10 + (window >> 3))
    return base + (base / 8) * (window & 7)
  }
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + dictionaryIdBytes
  if (frame.length < at + 8) return 0
  switch (descriptor >> 6) {
    case 2:
      return view.getUint32(at, true)
    case 3:
      return Number(view.getBigUint64(at, true))
    default:
      return 0
  }
}
