import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findBlockErrors, type Json } from './slack-limits.ts'

export interface SlackCall {
  readonly method: string
  readonly atMs: number
  /** What was sent; `blocks` parsed. */
  readonly arguments: Json
}

/** What stands in the channel now. */
export interface SlackPost {
  readonly ts: string
  readonly threadTs: string | undefined
  readonly message: Json
  readonly edits: number
}

export interface FakeSlack {
  readonly apiUrl: string
  readonly webhookUrl: string
  /** Every call, refused ones too. */
  readonly calls: SlackCall[]
  /** In the order they were posted. */
  readonly posts: SlackPost[]
  readonly uploads: { readonly id: string; readonly bytes: Buffer }[]
  /** The next so many calls are answered 429 with this Retry-After. */
  refuse(times: number, retryAfterSeconds: number): void
  /** The next so many calls break off after they took effect. */
  breakOff(times: number): void
  close(): Promise<void>
}

export const FAKE_TOKEN = 'xoxb-fake-token'

/** Slack as far as a bot and an incoming webhook see it: its protocol, its limits, its refusals. */
export async function startFakeSlack(nowMs: () => number = Date.now): Promise<FakeSlack> {
  const calls: SlackCall[] = []
  const posts: SlackPost[] = []
  const uploads: { id: string; bytes: Buffer }[] = []
  const refusals: number[] = []
  let broken = 0
  let count = 0
  let origin = ''

  function answer(method: string, request: Json): Json {
    switch (method) {
      case 'chat.postMessage': {
        const problem = findBlockErrors(request)[0]
        if (problem !== undefined) return { ok: false, error: 'invalid_blocks', detail: problem }
        count += 1
        const ts = `1790000000.${String(count).padStart(6, '0')}`
        const threadTs = request['thread_ts']
        if (threadTs !== undefined && !posts.some((post) => post.ts === threadTs))
          return { ok: false, error: 'thread_not_found' }
        posts.push({ ts, threadTs: typeof threadTs === 'string' ? threadTs : undefined, message: request, edits: 0 })
        return { ok: true, ts, channel: 'C0INCIDENTS', message: {} }
      }
      case 'chat.update': {
        const problem = findBlockErrors(request)[0]
        if (problem !== undefined) return { ok: false, error: 'invalid_blocks', detail: problem }
        const missing = picturesOf(request).find((id) => !uploads.some((upload) => upload.id === id))
        if (missing !== undefined) return { ok: false, error: 'invalid_blocks', detail: `no file ${missing}` }
        const index = posts.findIndex(({ ts }) => ts === request['ts'])
        const post = posts[index]
        if (post === undefined || request['channel'] !== 'C0INCIDENTS') return { ok: false, error: 'message_not_found' }
        posts[index] = { ...post, message: request, edits: post.edits + 1 }
        return { ok: true, ts: post.ts, channel: 'C0INCIDENTS' }
      }
      case 'files.getUploadURLExternal':
        return { ok: true, upload_url: `${origin}/upload/v1/F${uploads.length}`, file_id: `F${uploads.length}` }
      case 'files.completeUploadExternal':
        return { ok: true, files: [{ id: `F${uploads.length - 1}` }] }
      case 'auth.test':
        return { ok: true, team: 'Fake', user: 'culprit' }
      default:
        return { ok: false, error: 'unknown_method' }
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const path = request.url ?? ''
    const method = path.replace('/api/', '')
    if (path.startsWith('/upload/')) {
      uploads.push({ id: path.split('/').at(-1) ?? '', bytes: body })
      response.writeHead(200).end('OK')
      return
    }
    const isWebhook = path.startsWith('/services/')
    const given = isWebhook ? (JSON.parse(body.toString()) as Json) : parseForm(body.toString())
    calls.push({ method: isWebhook ? 'webhook' : method, atMs: nowMs(), arguments: given })
    const retryAfter = refusals.shift()
    if (retryAfter !== undefined) {
      response
        .writeHead(429, { 'retry-after': String(retryAfter) })
        .end(JSON.stringify({ ok: false, error: 'ratelimited' }))
      return
    }
    if (isWebhook) {
      const problem = findBlockErrors(given)[0]
      if (problem === undefined) posts.push({ ts: '', threadTs: undefined, message: given, edits: 0 })
      response.writeHead(problem === undefined ? 200 : 400).end(problem === undefined ? 'ok' : 'invalid_blocks')
      return
    }
    const isKnown = request.headers.authorization === `Bearer ${FAKE_TOKEN}`
    const result = isKnown ? answer(method, given) : { ok: false, error: 'invalid_auth' }
    if (broken > 0) {
      broken -= 1
      response.destroy()
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    apiUrl: `${origin}/api/`,
    webhookUrl: `${origin}/services/T0/B0/secret`,
    calls,
    posts,
    uploads,
    refuse: (times, seconds) => void refusals.push(...Array.from({ length: times }, () => seconds)),
    breakOff: (times) => {
      broken += times
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function picturesOf(message: Json): string[] {
  const blocks = (message['blocks'] ?? []) as Json[]
  return blocks.flatMap(({ slack_file }) => (slack_file === undefined ? [] : [String((slack_file as Json)['id'])]))
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Slack takes forms whose lists are JSON. */
function parseForm(text: string): Json {
  const entries = [...new URLSearchParams(text)].map(([key, value]) => [
    key,
    /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value,
  ])
  return Object.fromEntries(entries) as Json
}
