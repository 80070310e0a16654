import { gzipSync } from 'node:zlib'
import { CompressionCodecs } from 'kafkajs'
import { compress } from 'snappyjs'
import { beforeAll, expect, test } from 'vitest'
import { registerCodecs } from '../../../../shared/bus/kafka-codecs.ts'

interface Codec {
  decompress(bytes: Uint8Array): Promise<Buffer>
}
const codecs = CompressionCodecs as unknown as Record<number, () => Codec>
const [GZIP, SNAPPY, LZ4, ZSTD] = [1, 2, 3, 4]
const inflate = (id: number | undefined, bytes: Uint8Array) => codecs[id ?? 0]?.().decompress(bytes)

beforeAll(registerCodecs)

test('reads snappy as Java frames it, block by block', async () => {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
  const blocks = ['one block, ', 'and another'].map((text) => {
    const block = compress(Buffer.from(text))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.length)
    return Buffer.concat([length, block])
  })
  const inflated = await inflate(SNAPPY, Buffer.concat([header, ...blocks]))
  expect(inflated?.toString()).toBe('one block, and another')
})

test.each([
  ['gzip', GZIP, gzipSync(new Uint8Array(65 * 1024 * 1024))],
  // What it says it inflates to, in seven bits a byte, is all it takes.
  ['snappy', SNAPPY, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
  // Seventeen blocks of up to 4 MiB, by what each may hold.
  [
    'lz4',
    LZ4,
    Buffer.from([
      0x04,
      0x22,
      0x4d,
      0x18,
      0x60,
      0x70,
      0x73,
      ...Array(17).fill([2, 0, 0, 0, 0x10, 65]).flat(),
      0,
      0,
      0,
      0,
    ]),
  ],
  // 513 blocks that repeat one byte 128 KiB times.
  [
    'zstd',
    ZSTD,
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, ...Array(512).fill([2, 0, 0x10, 65]).flat(), 3, 0, 0x10, 65]),
  ],
])('a batch of %s that inflates without bound is refused', async (_, id, bomb) => {
  await expect(inflate(id, bomb)).rejects.toMatchObject({ name: 'KafkaJSNonRetriableError', retriable: false })
})

test.each([1, 2, 3, 4, 5, 6, 7])('what codec %i can not read is refused for good, never taken as plain', async (id) => {
  await expect(inflate(id, Buffer.from('no batch of anything'))).rejects.toMatchObject({
    name: 'KafkaJSNonRetriableError',
    retriable: false,
  })
})
