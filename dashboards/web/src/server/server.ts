import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Liveliness, openLive } from './live.ts'
import { ServerError } from './server-error.ts'

export interface Server {
  /** @throws ServerError */
  get(path: string, signal?: AbortSignal): Promise<unknown>
  /** @throws ServerError */
  send(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  /** Calls back whenever something may have changed; returns what ends it. */
  onNews(listener: () => void): () => void
  liveliness(): Liveliness
  /** A token that the server asked for; kept for this tab only. */
  signIn(token: string): void
  /** Forgets the token. */
  signOut(): void
  isSignedIn(): boolean
  /** Whether it asked for a token that it was not given. */
  needsToken(): boolean
  /** Calls back when that changes; returns what ends it. */
  onTokenNeed(listener: () => void): () => void
}

const TOKEN_STORED_AS = 'culprit-token'
const REQUEST_MS_MAX = 30_000

export const ServerContext = createContext<Server | undefined>(undefined)

export function useServer(): Server {
  const server = useContext(ServerContext)
  if (server === undefined) throw new Error('the app is drawn without a server')
  return server
}

/** The server that this page came from. */
export function createServer(): Server {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const needListeners = new Set<() => void>()
  let needsToken = false
  const setNeed = (needs: boolean) => {
    if (needs === needsToken) return
    needsToken = needs
    for (const listener of needListeners) listener()
  }
  const live = openLive({ request, onNews: tell })

  async function request(path: string, options: RequestInit = {}): Promise<Response> {
    const token = sessionStorage.getItem(TOKEN_STORED_AS)
    const headers = new Headers(options.headers)
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(path, { ...options, headers }).catch((cause: unknown) => {
      if (options.signal?.aborted === true) throw cause
      throw new ServerError('the server does not answer', { status: 0, code: 'unreachable' })
    })
    if (response.status === 401) setNeed(true)
    if (!response.ok) throw await toServerError(response)
    return response
  }

  return {
    async get(path, signal) {
      const deadline = AbortSignal.timeout(REQUEST_MS_MAX)
      const response = await request(path, {
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      })
      return response.json()
    },
    async send(method, path, body) {
      const response = await request(path, {
        method,
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      tell()
      return response.status === 204 ? undefined : response.json()
    },
    onNews(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    liveliness: () => live.liveliness(),
    signIn(token) {
      sessionStorage.setItem(TOKEN_STORED_AS, token)
      setNeed(false)
      live.restart()
      tell()
    },
    signOut() {
      sessionStorage.removeItem(TOKEN_STORED_AS)
      setNeed(true)
      live.restart()
    },
    isSignedIn: () => sessionStorage.getItem(TOKEN_STORED_AS) !== null,
    needsToken: () => needsToken,
    onTokenNeed(listener) {
      needListeners.add(listener)
      return () => void needListeners.delete(listener)
    },
  }
}

async function toServerError(response: Response): Promise<ServerError> {
  const problem: unknown = await response.json().catch(() => undefined)
  const { status } = response
  return new ServerError(textOf(problem, 'detail') ?? `the server answered ${status}`, {
    status,
    code: textOf(problem, 'code') ?? 'unknown',
  })
}

function textOf(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const text: unknown = Reflect.get(value, key)
  return typeof text === 'string' ? text : undefined
}
