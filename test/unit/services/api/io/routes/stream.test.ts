import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { createEventLog } from '../../../../../../services/api/core/event-log.ts'
import { streamRoutes } from '../../../../../../services/api/io/routes/stream.ts'
import { createHttpServer } from '../../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../../shared/runtime/log.ts'

const stream = createEventLog('run')
const serve = () =>
  createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [streamRoutes({ stream })])
const server = await serve()
const address = await server.listen({ host: '127.0.0.1', port: 0 })

afterAll(() => server.close())

/** Events as they come, until the signal ends it. */
async function* listen(lastId?: string): AsyncGenerator<{ event: string; id: string; data: unknown }, void> {
  const stop = new AbortController()
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId }
  const response = await fetch(`${address}/api/v1/stream`, { headers, signal: stop.signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  let text = ''
  try {
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString()
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.split(': ', 1)[0], line.replace(/^\w*: /, '')]),
        )
        text = text.slice(end + 2)
        if (fields.has('event'))
          yield {
            event: fields.get('event') ?? '',
            id: fields.get('id') ?? '',
            data: JSON.parse(fields.get('data') ?? ''),
          }
      }
    }
  } finally {
    stop.abort()
  }
}

test('an incident is told to who listens, and after a pause what came in it', async () => {
  const first = listen()
  const hello = await first.next()
  expect(hello.value).toMatchObject({ event: 'hello' })
  stream.add('incident', { id: 'inc_1' })
  const heard = await first.next()
  expect(heard.value).toMatchObject({ event: 'incident', data: { id: 'inc_1' } })
  await first.return()
  stream.add('incident', { id: 'inc_2' })
  const second = listen(heard.value?.id)
  expect((await second.next()).value).toMatchObject({ event: 'hello' })
  expect((await second.next()).value).toMatchObject({ event: 'incident', data: { id: 'inc_2' } })
  await second.return()
})

test('whoever comes back to another run is told that there is a gap', async () => {
  const events = listen('another.7')
  expect((await events.next()).value).toMatchObject({ event: 'hello' })
  expect((await events.next()).value).toMatchObject({ event: 'gap', id: stream.newestId() })
  await events.return()
})

test('a reader who takes nothing costs a bounded amount, and is told of the gap once it reads on', async () => {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write('GET /api/v1/stream HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'readable')
  socket.pause()
  for (let n = 0; n < 800; n++) {
    stream.add('incident', 'x'.repeat(100 * 1024))
    await new Promise(setImmediate)
  }
  let text = ''
  let bytes = 0
  socket.on('data', (piece) => {
    bytes += piece.length
    text = (text + String(piece)).slice(-2_000)
  })
  socket.resume()
  await expect.poll(() => text, { timeout: 10_000 }).toContain('event: gap')
  // Of eighty that were told: what the machine's sockets hold, and one of ours.
  expect(bytes).toBeLessThan(20 * 1024 * 1024)
  socket.destroy()
})

test('a server that stops lets its listeners go', async () => {
  const other = await serve()
  const response = await fetch(`${await other.listen({ host: '127.0.0.1', port: 0 })}/api/v1/stream`)
  const ended = response.text()
  await other.close()
  expect(await ended).toContain('event: hello')
})
