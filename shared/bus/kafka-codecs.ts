import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { Decompress } from 'fzstd'
import kafkajs, { CompressionTypes } from 'kafkajs'
import { decompressBound, decompressFrame } from 'lz4js'
import { uncompress } from 'snappyjs'

/** Of one batch; brokers take a compressed MiB unless told otherwise. */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024
const GZIP_LEVEL = 1

/** Every codec that the protocol has bits for: those that nobody has given a meaning are refused, not read as plain. */
const UNKNOWN_CODECS = [5, 6, 7]

/**
 * Teaches kafkajs, which has gzip alone, to read every codec of Kafka's. What can't be read is never tried again: it would be
 * the same next time.
 */
export function registerCodecs(): void {
  const readers: readonly (readonly [number, string, (bytes: Buffer) => Promise<Uint8Array> | Uint8Array])[] = [
    [CompressionTypes.GZIP, 'gzip', (bytes) => promisify(gunzip)(bytes, { maxOutputLength: INFLATED_BYTES_MAX })],
    [CompressionTypes.Snappy, 'snappy', inflateSnappy],
    [CompressionTypes.LZ4, 'lz4', inflateLz4],
    [CompressionTypes.ZSTD, 'zstd', inflateZstd],
    ...UNKNOWN_CODECS.map((id) => [id, `codec ${id}`, refuse] as const),
  ]
  const codecs: Record<number, unknown> = kafkajs.CompressionCodecs
  for (const [id, name, inflate] of readers) {
    codecs[id] = () => ({
      // Only gzip is ever asked to.
      compress: (encoder: { readonly buffer: Buffer }) => promisify(gzip)(encoder.buffer, { level: GZIP_LEVEL }),
      async decompress(bytes: Buffer): Promise<Buffer> {
        try {
          const { buffer, byteOffset, length } = await inflate(bytes)
          return Buffer.from(buffer, byteOffset, length)
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error)
          throw new kafkajs.KafkaJSNonRetriableError(`a batch compressed with ${name} can't be read: ${reason}`)
        }
      },
    })
  }
}

function refuse(): never {
  throw new Error('unknown to this version')
}

/** What Java writes around blocks of snappy: this, two versions of four bytes, then each block after its length. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const XERIAL_HEADER_BYTES = 16

function inflateSnappy(bytes: Buffer): Uint8Array {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return uncompress(bytes, INFLATED_BYTES_MAX)
  const blocks: Uint8Array[] = []
  let total = 0
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const block = uncompress(bytes.subarray(at + 4, at + 4 + length), INFLATED_BYTES_MAX - total)
    blocks.push(block)
    total += block.length
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

function inflateLz4(bytes: Buffer): Uint8Array {
  const bound = decompressBound(bytes)
  if (bound > INFLATED_BYTES_MAX) throw tooLarge()
  const inflated = new Uint8Array(bound)
  const length = decompressFrame(bytes, inflated)
  if (length > bound) throw new Error('longer than it says')
  return inflated.subarray(0, length)
}

function inflateZstd(bytes: Buffer): Uint8Array {
  const chunks: Uint8Array[] = []
  let total = 0
  const stream = new Decompress((chunk) => {
    total += chunk.length
    if (total > INFLATED_BYTES_MAX) throw tooLarge()
    chunks.push(chunk.slice())
  })
  stream.push(bytes, true)
  return Buffer.concat(chunks)
}

function tooLarge(): Error {
  return new Error(`more than ${INFLATED_BYTES_MAX} bytes inflated`)
}
