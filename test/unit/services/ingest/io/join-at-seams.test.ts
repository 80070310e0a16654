import { expect, test } from 'vitest'
import { createChunkSeams } from '../../../../../services/ingest/core/chunk-seams.ts'
import type { FormatSpec } from '../../../../../services/ingest/core/format-spec.ts'
import { createBlockParser } from '../../../../../services/ingest/core/parse-block.ts'
import type { WireEvent } from '../../../../../services/ingest/core/wire-event.ts'
import { joinAtSeams } from '../../../../../services/ingest/io/join-at-seams.ts'
import { cutAtLines } from '../../../../../services/ingest/io/line-chunks.ts'
import type { LogChunk } from '../../../../../services/ingest/io/log-file.ts'
import { eventsOf, readLog } from '../core/read-log.ts'

/** Parses a log in chunks, each by a parser that has seen no other. */
async function readInChunks(log: string, format: FormatSpec, chunkBytes: number): Promise<WireEvent[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(log)
  }
  async function* chunks(): AsyncGenerator<LogChunk> {
    for await (const chunk of cutAtLines(pieces(), chunkBytes)) yield { ...chunk, storedBytesRead: 0 }
  }
  const events: WireEvent[] = []
  let nextByte = 0
  for await (const { bytes, firstByte, directives } of joinAtSeams(chunks(), createChunkSeams(format))) {
    expect(firstByte).toBe(nextByte)
    nextByte += bytes.length
    const parser = createBlockParser({ format, env: 'prod' })
    events.push(...eventsOf(parser.parse(bytes, { source: '', firstLine: 1, firstByte, directives })))
    // A worker's from here on.
    bytes.fill(0)
  }
  expect(nextByte).toBe(Buffer.byteLength(log))
  return events
}

const CHUNK_SIZES = [300, 350, 420, 555, 800, 100_000]

test.each(CHUNK_SIZES)('a line cut up by a container runtime is whole in chunks of %i bytes', async (chunkBytes) => {
  const cri = (tag: string, text: string) => `2026-11-21T10:00:00.1Z stdout ${tag} ${text}`
  const lines = Array.from({ length: 12 }, (_, i) => {
    const event = `{"ts":"2026-11-21T10:00:00Z","status":200,"path":"/${'p'.repeat(20 + i)}"}`
    return [cri('P', event.slice(0, 15)), cri('P', event.slice(15, 30)), cri('F', event.slice(30))]
  })
  const log = `${lines.flat().join('\n')}\n`
  const format: FormatSpec = { name: 'ndjson', envelope: 'cri' }
  expect(await readInChunks(log, format, chunkBytes)).toEqual(readLog(log, format))
})

test.each(CHUNK_SIZES)('#Fields holds up to the next one, in chunks of %i bytes', async (chunkBytes) => {
  const parts = Array.from({ length: 6 }, (_, i) => {
    const time = (second: number) => `10:0${i}:0${second}`
    const [fields, line] =
      i % 2 === 0
        ? ['date time cs-method cs-uri-stem sc-status', (s: number) => `2026-11-21 ${time(s)} GET /even/${s} 200`]
        : ['time sc-status cs-uri-stem cs-method', (s: number) => `${time(s)} 503 /odd/${s} POST`]
    return [
      '#Software: Microsoft Internet Information Services 10.0',
      `#Date: 2026-11-2${i} 00:00:00`,
      `#Fields: ${fields}`,
      ...[1, 2, 3, 4, 5, 6].map(line),
    ]
  })
  const log = `${parts.flat().join('\r\n')}\r\n`
  const events = await readInChunks(log, { name: 'iis' }, chunkBytes)
  expect(events).toEqual(readLog(log, { name: 'iis' }))
  expect(events).toHaveLength(36)
  expect(events[0]).toMatchObject({ ts: '2026-11-21T10:00:01.000Z', method: 'GET', path: '/even/1', status: 200 })
  expect(events[35]).toMatchObject({ ts: '2026-11-25T10:05:06.000Z', method: 'POST', path: '/odd/6', status: 503 })
})

test('what goes on and on is given on, and not gathered', async () => {
  const part = `2026-11-21T10:00:00.1Z stdout P ${'x'.repeat(50_000)}\n`
  expect(await readInChunks(part.repeat(40), { name: 'ndjson', envelope: 'cri' }, 600_000)).toEqual([])
})
