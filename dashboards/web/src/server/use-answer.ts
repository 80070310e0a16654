import { useEffect, useRef, useState } from 'preact/hooks'
import { useServer } from './server.ts'
import { ServerError } from './server-error.ts'

/** What is known of something that was asked for. What was answered once stays until there is something newer. */
export type Answer<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: ServerError }
  | { readonly kind: 'ready'; readonly value: T; readonly atMs: number; readonly failing: ServerError | undefined }

export interface AnswerOptions {
  /** Asked again so often, besides whenever there is news; 0: never. */
  readonly everyMs?: number
  /** Paths with the same name ask for the same thing, e.g. as it is a moment later: what is known stays until it is answered. */
  readonly name?: string
}

/** Asks the server for `path`, and again when something changed. `path` undefined asks nothing. `read` must not change. */
export function useAnswer<T>(
  path: string | undefined,
  read: (answer: unknown) => T,
  { everyMs = 0, name = path }: AnswerOptions = {},
): Answer<T> {
  const server = useServer()
  const [known, setKnown] = useState<{ readonly name: string | undefined; readonly answer: Answer<T> }>({
    name,
    answer: LOADING,
  })
  const readRef = useRef(read)
  readRef.current = read
  useEffect(() => {
    if (path === undefined) return
    const end = new AbortController()
    let isAsking = false
    let askAgain = false
    const ask = async () => {
      if (isAsking) {
        askAgain = true
        return
      }
      isAsking = true
      try {
        const value = readRef.current(await server.get(path, end.signal))
        if (!end.signal.aborted)
          setKnown({ name, answer: { kind: 'ready', value, atMs: Date.now(), failing: undefined } })
      } catch (error) {
        if (!end.signal.aborted) setKnown((before) => ({ name, answer: failed(before, { name, error }) }))
      } finally {
        isAsking = false
        if (askAgain && !end.signal.aborted) {
          askAgain = false
          void ask()
        }
      }
    }
    void ask()
    const stopHearing = server.onNews(() => void ask())
    const timer = everyMs > 0 ? window.setInterval(() => document.hidden || void ask(), everyMs) : undefined
    return () => {
      end.abort()
      stopHearing()
      window.clearInterval(timer)
    }
  }, [server, path, name, everyMs])
  return known.name === name ? known.answer : LOADING
}

const LOADING = { kind: 'loading' } as const

function failed<T>(
  before: { readonly name: string | undefined; readonly answer: Answer<T> },
  now: { readonly name: string | undefined; readonly error: unknown },
): Answer<T> {
  const error = toServerError(now.error)
  if (before.name === now.name && before.answer.kind === 'ready' && error.status !== 404 && error.status !== 401)
    return { ...before.answer, failing: error }
  return { kind: 'failed', error }
}

function toServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error
  // A browser waits 30 s, then gives up; anything else is an answer that this page can't read.
  const isSlow = error instanceof DOMException && error.name === 'TimeoutError'
  return new ServerError(isSlow ? 'the server took too long' : 'the server answered what this page can not read', {
    status: isSlow ? 0 : -1,
    code: isSlow ? 'timeout' : 'unreadable',
  })
}
