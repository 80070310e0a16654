import { ServerError } from './server-error.ts'

/** Whether news come as they happen, are asked for every few seconds, or do not come at all. */
export type Liveliness = 'live' | 'polling' | 'lost'

export interface LiveDeps {
  /** Throws where the answer is no success. */
  readonly request: (path: string, options: RequestInit) => Promise<Response>
  readonly onNews: () => void
}

export interface Live {
  liveliness(): Liveliness
  /** Opens it anew at once, e.g. with another token. */
  restart(): void
}

const STREAM = '/api/v1/stream'
const POLL_MS = 5_000
const REOPEN_MS = 3_000
/** The server says something at least this often, if only a comment. */
const SILENCE_MS_MAX = 60_000
/** News that come close together are one. */
const GATHER_MS = 300
/** What came between the first answers and the opening of the stream is asked for once these are drawn. */
const FIRST_MS = 2_000

/**
 * Hears from the server that something changed: by server-sent events, read by hand as the browser's own reader can't send a
 * token. Where there is no such stream, everything counts as changed every few seconds.
 */
export function openLive({ request, onNews }: LiveDeps): Live {
  let state: Liveliness = 'polling'
  let lastEventId: string | undefined
  let attempt = new AbortController()
  let gathering: number | undefined

  const askIfSeen = () => {
    if (!document.hidden) onNews()
  }
  const gather = () => {
    if (gathering !== undefined) return
    gathering = window.setTimeout(() => {
      gathering = undefined
      askIfSeen()
    }, GATHER_MS)
  }

  async function listen(signal: AbortSignal): Promise<void> {
    const silence = new AbortController()
    let deadline = window.setTimeout(() => silence.abort(), SILENCE_MS_MAX)
    const response = await request(STREAM, {
      signal: AbortSignal.any([signal, silence.signal]),
      headers: {
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
    })
    state = 'live'
    let isFirst = lastEventId === undefined
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) {
      window.clearTimeout(deadline)
      deadline = window.setTimeout(() => silence.abort(), SILENCE_MS_MAX)
      const lines = (rest + piece.value).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('id:')) lastEventId = line.slice(3).trim()
        if (!line.startsWith('data:')) continue
        if (isFirst) window.setTimeout(askIfSeen, FIRST_MS)
        else gather()
        isFirst = false
      }
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure: unknown = await listen(signal).catch((error: unknown) => error)
      if (signal.aborted) return
      const status = failure instanceof ServerError ? failure.status : undefined
      state = status === 0 ? 'lost' : 'polling'
      if (status === 404) return
      await pause(REOPEN_MS, signal)
      gather()
    }
  }

  window.setInterval(() => {
    if (state !== 'live') askIfSeen()
  }, POLL_MS)
  document.addEventListener('visibilitychange', askIfSeen)
  window.setTimeout(() => void run(attempt.signal))
  return {
    liveliness: () => state,
    restart() {
      attempt.abort()
      attempt = new AbortController()
      void run(attempt.signal)
    },
  }
}

function pause(lengthMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, lengthMs)
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer)
      resolve()
    })
  })
}
