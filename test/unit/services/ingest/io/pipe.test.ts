import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type PipeSource, readPipe } from '../../../../../services/ingest/io/pipe.ts'
import type { ReceivedLines } from '../../../../../services/ingest/receive-events.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'

const KIB = 1024
const line = (path: string) => `192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] "GET ${path} HTTP/1.1" 200 5`

function open(input: Readable, refuse: () => boolean = () => false) {
  const taken: ReceivedLines[] = []
  let tokens = 0
  const receive = async (lines: ReceivedLines) => {
    if (refuse()) throw new Error('the bus is full')
    taken.push(lines)
    return { accepted: 0, rejected: 0, clamped: 0, rejects: [] }
  }
  const log = createLog({ level: 'silent', write: () => {} })
  const source: PipeSource = readPipe(
    { receive, newToken: () => `t${tokens++}`, log },
    { source: 'stdin', input, options: { format: 'auto', service: 'shop' } },
  )
  const text = () => taken.map(({ bytes }) => Buffer.from(bytes).toString()).join('')
  return { source, taken, text }
}

test('what comes in pieces is taken line by line, the last one at the end of the pipe though it lacks its end', async () => {
  const input = new PassThrough()
  const { source, taken, text } = open(input)
  input.write(`${line('/a')}\n${line('/b').slice(0, 20)}`)
  await expect.poll(text).toBe(`${line('/a')}\n`)
  input.write(`${line('/b').slice(20)}\n${line('/c')}`)
  await expect.poll(text).toBe(`${line('/a')}\n${line('/b')}\n`)
  input.end()
  await source.ended
  expect(text()).toBe(`${line('/a')}\n${line('/b')}\n${line('/c')}\n`)
  expect(taken[0]?.parser).toMatchObject({ format: { name: 'common' }, service: 'shop' })
})

test('what the first lines say of how to read the others holds for all that follow', async () => {
  const input = new PassThrough()
  const { taken, source } = open(input)
  const fields = '#Fields: date time cs-method cs-uri-stem sc-status time-taken'
  input.write(`#Version: 1.0\n${fields}\n2026-11-21 10:00:00 GET /a 200 3\n`)
  await expect.poll(() => taken.length).toBe(1)
  input.end('2026-11-21 10:00:01 GET /b 500 3\n')
  await source.ended
  expect(taken[1]?.directives).toContain(fields)
})

test('while lines are not taken its writer waits, and all is taken afterwards, once', async () => {
  let isDown = true
  let written = 0
  const count = 3_000
  function* write() {
    for (; written < count; written++) yield Buffer.from(`${line(`/${written}/${'x'.repeat(8 * KIB)}`)}\n`)
  }
  const { source, text } = open(Readable.from(write()), () => isDown)
  await expect.poll(() => source.counts().refusals, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(written).toBeLessThan(count / 2)
  isDown = false
  await source.ended
  const paths = text().matchAll(/GET \/(\d+)\//g)
  expect([...paths].map(([, path]) => Number(path))).toEqual(Array.from({ length: count }, (_, index) => index))
})

test('a line too long for any log is passed on no further than it takes to refuse it', async () => {
  const pieces = Array.from({ length: 64 }, () => Buffer.alloc(64 * KIB, 'x'))
  const { source, text } = open(Readable.from([...pieces, Buffer.from(`\n${line('/a')}\n`)]))
  await source.ended
  expect(text().length).toBeLessThan(KIB * KIB)
  expect(text()).toMatch(new RegExp(`^x+\\n${line('/a').replace(/[[\]+]/g, '\\$&')}\\n$`))
})

test('asked to stop, it sends the whole lines that it read', async () => {
  const input = new PassThrough()
  const { source, text } = open(input)
  input.write(`${line('/a')}\n${line('/b').slice(0, 20)}`)
  await expect.poll(() => input.readableLength).toBe(0)
  await source.stop()
  expect(text()).toBe(`${line('/a')}\n`)
})
