import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SunkRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly bytes: Buffer
}

export interface HttpSink {
  readonly url: string
  readonly requests: SunkRequest[]
  /** What it answers from now on. */
  answer(status: number, body?: string, headers?: Record<string, string>): void
  close(): Promise<void>
}

/** A server on this machine that takes whatever it is sent. */
export async function startHttpSink(): Promise<HttpSink> {
  const requests: SunkRequest[] = []
  let reply = { status: 200, body: '{"id":7}', headers: {} as Record<string, string> }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const bytes = Buffer.concat(chunks)
      requests.push({ method, path, headers, body: bytes.toString(), bytes })
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(status, body = '{}', headers = {}) {
      reply = { status, body, headers }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
