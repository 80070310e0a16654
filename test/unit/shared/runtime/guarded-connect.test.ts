import type { LookupAddress } from 'node:dns'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createGuardedConnect } from '../../../../shared/runtime/guarded-connect.ts'

/** A name that leads here when it is asked for first, and elsewhere ever after. */
function rebinding() {
  const asked: string[] = []
  const resolve = ((name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) => {
    asked.push(name)
    callback(null, [{ address: asked.length === 1 ? '127.0.0.1' : '127.0.0.9', family: 4 }])
  }) as never
  return { asked, resolve }
}

async function listen() {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return { port, connections: () => connections, close: () => server.close() }
}

test('a name is looked up once, and what was judged is what is connected to', async () => {
  const server = await listen()
  const refusing = rebinding()
  const refused = createGuardedConnect({ allowedHosts: [], resolve: refusing.resolve })('mail.example.com', server.port)
  await expect(refused).rejects.toMatchObject({ code: 'address_refused' })
  expect([refusing.asked.length, server.connections()]).toEqual([1, 0])
  const { asked, resolve } = rebinding()
  const connect = createGuardedConnect({ allowedHosts: ['mail.example.com'], resolve })
  const { socket } = await connect('mail.example.com', server.port)
  expect([asked, socket.remoteAddress]).toEqual([['mail.example.com'], '127.0.0.1'])
  socket.destroy()
  server.close()
})

test('a host that is allowed by name is connected to wherever it is, and trusted', async () => {
  const server = await listen()
  const { socket, isTrusted } = await createGuardedConnect({ allowedHosts: ['127.0.0.1'] })('127.0.0.1', server.port)
  expect(isTrusted).toBe(true)
  // Whoever hangs up at once is no fault of the process.
  await new Promise<void>((done) => {
    socket.once('close', () => done())
    socket.resume()
  })
  server.close()
})

test('nobody who listens is told as a failure, not as a refusal', async () => {
  const server = await listen()
  server.close()
  const failed = createGuardedConnect({ allowedHosts: ['127.0.0.1'] })('127.0.0.1', server.port)
  await expect(failed).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
