import { setTimeout as after } from 'node:timers/promises'

const CELL_MS = 10_000
const POST_EVERY_MS = 500
const IDLE_MS = 20
/** As many posts are under way at most; the others wait. */
const SENDERS = 8
const EVENTS_A_POST = 60

/** Two services for an hour up to now, healthy, counted by the cell. */
export function pastTraffic(nowMs: number): { readonly lines: string; readonly requests: number } {
  const cells = 360
  const end = Math.floor(nowMs / CELL_MS) * CELL_MS
  const lines: string[] = []
  for (let cell = 0; cell < cells; cell++) {
    const ts = new Date(end - (cells - cell) * CELL_MS).toISOString()
    for (const service of ['checkout', 'search']) {
      const event = { ts, service, method: 'GET', route: `/${service}/{id}`, version: 'v41' }
      const errors = Number(cell % 9 === 0)
      lines.push(JSON.stringify({ ...event, status: 200, count: 600 - errors }))
      if (errors > 0) lines.push(JSON.stringify({ ...event, status: 500, count: errors }))
    }
  }
  return { lines: lines.join('\n'), requests: cells * 2 * 600 }
}

export interface LiveTraffic {
  /** From now on checkout fails, in a new version. */
  fail(): void
  /** Sends no more; resolves with how many requests were acknowledged, and what refusals there were. */
  stop(): Promise<{
    readonly requests: number
    readonly refusals: ReadonlyMap<number, number>
    readonly retryAfter: boolean
  }>
}

/**
 * Sends requests of both services as they happen, until each is acknowledged: what was refused or not answered is sent again
 * to whoever listens then, under the same key.
 */
export function startTraffic(addresses: () => readonly string[], eventsAPost = EVENTS_A_POST): LiveTraffic {
  let isFailing = false
  let isStopping = false
  let sent = 0
  let retryAfter = true
  const refusals = new Map<number, number>()

  function makeEvents(): string[] {
    return Array.from({ length: eventsAPost }, () => {
      const service = sent % 2 === 0 ? 'checkout' : 'search'
      const isBad = isFailing && service === 'checkout'
      const status = isBad && sent % 6 === 0 ? 500 : 200
      const event = { ts: new Date().toISOString(), service, method: 'GET', route: `/${service}/{id}`, status }
      return JSON.stringify({ ...event, version: isBad ? 'v42' : 'v41', request_id: `r${sent++}` })
    })
  }

  async function post({ body, key }: { readonly body: string; readonly key: string }): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const all = addresses()
      const url = `${all[(Number(key) + attempt) % all.length]}/api/v1/events?format=ndjson`
      const headers = { 'idempotency-key': key }
      const response = await fetch(url, { method: 'POST', body, headers }).catch(() => undefined)
      await response?.arrayBuffer().catch(() => {})
      if (response?.status === 202) return
      if (response !== undefined) {
        refusals.set(response.status, (refusals.get(response.status) ?? 0) + 1)
        retryAfter &&= response.headers.has('retry-after')
      }
      await after(POST_EVERY_MS)
    }
  }

  const waiting: { readonly body: string; readonly key: string }[] = []

  async function makePosts(): Promise<void> {
    for (let key = 0; !isStopping; key++) {
      waiting.push({ body: makeEvents().join('\n'), key: `${key}` })
      await after(POST_EVERY_MS)
    }
  }

  async function send(): Promise<void> {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) await post(next)
      else if (isStopping) return
      else await after(IDLE_MS)
    }
  }

  const sending = [makePosts(), ...Array.from({ length: SENDERS }, send)]
  return {
    fail() {
      isFailing = true
    },
    async stop() {
      isStopping = true
      await Promise.all(sending)
      return { requests: sent, refusals, retryAfter }
    },
  }
}
