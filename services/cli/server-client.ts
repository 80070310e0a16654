import { InputError, OperationError } from '../../shared/runtime/errors.ts'

export interface ServerClient {
  get(path: string): Promise<unknown>
  /** The same where the answer is no JSON. */
  text(path: string): Promise<string>
  /** `body` is sent as it is. */
  post(path: string, body: string): Promise<unknown>
  delete(path: string, body: string): Promise<unknown>
  /** Posts nothing, and resolves to what comes back as it comes, however long that takes. */
  download(path: string): Promise<ReadableStream<Uint8Array>>
}

const REQUEST_MS_MAX = 30_000

/**
 * Talks to a running server. @throws InputError where `url` is no address, and with the server's own words where it refuses what was sent, OperationError
 * where it can't be reached or fails.
 */
export function createServerClient(options: {
  readonly url: string
  readonly token: string | undefined
}): ServerClient {
  const { url, token } = options
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new InputError(`${url}: no address of a server: write it like http://127.0.0.1:8080`, 'usage')
  async function ask(path: string, request: RequestInit): Promise<Response> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(new URL(path, url), { ...request, headers }).catch((cause: unknown) => {
      throw new OperationError(`no server answers at ${url}: start one with culprit start, or name it with --server`, {
        code: 'unreachable',
        retryable: true,
        cause,
      })
    })
    if (response.ok) return response
    const answer = await response.json().catch(() => undefined)
    const detail = detailOf(answer) ?? response.statusText
    if (response.status === 404 && detail.startsWith('nothing answers'))
      throw new InputError(`${url}: this is no api: name a process that runs it with --server`)
    throw refusal(response.status, detail)
  }
  async function send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: string): Promise<unknown> {
    const signal = AbortSignal.timeout(REQUEST_MS_MAX)
    const response = await ask(path, { method, signal, ...(body !== undefined && { body }) })
    return response.json().catch(() => undefined)
  }
  return {
    get: (path) => send('GET', path),
    text: async (path) => (await ask(path, { signal: AbortSignal.timeout(REQUEST_MS_MAX) })).text(),
    post: (path, body) => send('POST', path, body),
    delete: (path, body) => send('DELETE', path, body),
    async download(path) {
      const { body } = await ask(path, { method: 'POST' })
      return body ?? new ReadableStream()
    },
  }
}

function refusal(status: number, detail: string): Error {
  if (status >= 400 && status < 500) return new InputError(`the server refuses it: ${detail}`)
  return new OperationError(`the server failed: ${detail}`, { code: `http_${status}`, retryable: true })
}

function detailOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('detail' in answer)) return undefined
  return typeof answer.detail === 'string' ? answer.detail : undefined
}
