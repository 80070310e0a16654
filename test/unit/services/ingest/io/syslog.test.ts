import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, expect, test } from 'vitest'
import { STRICT_PRIVACY } from '../../../../../services/ingest/core/privacy.ts'
import { openSyslog, type SyslogSource } from '../../../../../services/ingest/io/syslog.ts'
import { createReceiver, type ReceiveEvents } from '../../../../../services/ingest/receive-events.ts'
import type { SourceOptions } from '../../../../../services/ingest/source-options.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { openEventEncoder } from '../../../../support/event-encoder.ts'

const HOST = '127.0.0.1'
const line = (path: string) => `192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] "GET ${path} HTTP/1.1" 200 5 "-" "curl/8"`
const message = (path: string) => `<190>Nov 21 10:00:00 web-1 nginx: ${line(path)}`

const encoder = openEventEncoder({ messageBytesMax: 900_000, nowMs: () => Date.UTC(2026, 10, 21, 10) })
afterAll(encoder.close)

let source: SyslogSource
afterEach(() => source.stop())

async function open(
  protocol: 'udp' | 'tcp',
  options: SourceOptions = { format: { name: 'combined' } },
  publish: () => Promise<void> = async () => {},
) {
  const stored: string[] = []
  const receive = createReceiver(
    {
      encode: encoder.encode,
      messageBytesMax: 900_000,
      publish: async (_topic, messages) => {
        await publish()
        stored.push(...messages.flatMap(({ value }) => Buffer.from(value).toString().trimEnd().split('\n')))
      },
      storeRejects: async () => {},
      nowMs: () => Date.UTC(2026, 10, 21, 10),
      newToken: () => 'unused',
    },
    STRICT_PRIVACY,
  )
  let tokens = 0
  let takenLines = 0
  const counting: ReceiveEvents = async (lines) => {
    const receipt = await receive(lines)
    takenLines += receipt.accepted
    return receipt
  }
  const log = createLog({ level: 'silent', write: () => {} })
  source = await openSyslog(
    { receive: counting, newToken: () => `t${tokens++}`, log },
    { protocol, host: HOST, port: 0, options },
  )
  return {
    stored,
    takenLines: () => takenLines,
    paths: () => stored.map((event) => /"path":"([^"]*)"/.exec(event)?.[1]),
  }
}

async function sendUdp(messages: readonly string[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const text of messages) await new Promise((resolve) => socket.send(text, source.port, HOST, resolve))
  socket.close()
}

async function sendTcp(text: string): Promise<void> {
  const socket = connect(source.port, HOST)
  socket.end(text)
  await once(socket, 'close')
}

test('takes datagrams, strips the envelope and knows the host', async () => {
  const { stored, paths } = await open('udp')
  await sendUdp([message('/a'), message('/b')])
  await expect.poll(paths).toEqual(['/a', '/b'])
  expect(stored[0]).toContain('"host":"web-1"')
  expect(source.counts()).toMatchObject({ receivedMessages: 2, acceptedEvents: 2, droppedMessages: 0 })
})

test('takes connections with either framing', async () => {
  const { paths } = await open('tcp')
  await sendTcp(`${message('/a')}\n${Buffer.byteLength(message('/b'))} ${message('/b')}${message('/c')}`)
  await expect.poll(paths).toEqual(['/a', '/b', '/c'])
})

test('tells the format by what comes, and counts what is none', async () => {
  const { paths } = await open('tcp', { format: 'auto' })
  await sendTcp('<190>Nov 21 10:00:00 web-1 app: started\n')
  await expect.poll(() => source.counts().rejectedLines).toBe(1)
  await sendTcp(`<190>1 2026-11-21T10:00:00Z web-1 nginx 7 - - ${line('/a')}\n`)
  await expect.poll(paths).toEqual(['/a'])
})

test('a sender over TCP waits while lines are not taken, and none is lost', async () => {
  let isDown = true
  const { takenLines } = await open('tcp', undefined, async () => {
    if (isDown) throw new Error('bus is full')
  })
  const large = `${message(`/${'x'.repeat(8_000)}`)}\n`
  const socket = connect(source.port, HOST)
  const count = 4_000
  let isFlushed = false
  socket.end(large.repeat(count), () => {
    isFlushed = true
  })
  await expect.poll(() => source.counts().refusals, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(isFlushed).toBe(false)
  expect(source.counts().receivedMessages).toBeLessThan(count)
  isDown = false
  await expect.poll(takenLines, { timeout: 20_000 }).toBe(count)
})

test('datagrams for which there is no room are counted', async () => {
  await open('udp', undefined, async () => {
    throw new Error('bus is full')
  })
  const large = message(`/${'x'.repeat(8_000)}`)
  await expect
    .poll(
      async () => {
        await sendUdp(Array.from({ length: 100 }, () => large))
        const { droppedMessages, kernelDroppedMessages } = source.counts()
        return droppedMessages + kernelDroppedMessages
      },
      { timeout: 20_000, interval: 1 },
    )
    .toBeGreaterThan(0)
})

test('an address that is taken is told', async () => {
  await open('tcp')
  const receive = async () => ({ accepted: 0, rejected: 0, clamped: 0, rejects: [] })
  const log = createLog({ level: 'silent', write: () => {} })
  const again = openSyslog(
    { receive, newToken: () => '', log },
    { protocol: 'tcp', host: HOST, port: source.port, options: { format: 'auto' } },
  )
  await expect(again).rejects.toThrow(/syslog over tcp on 127.0.0.1:\d+: .*EADDRINUSE/)
})
