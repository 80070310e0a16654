import { setTimeout as sleep } from 'node:timers/promises'
import { SHOP_CHANGES, type ShopChange, shopPast, shopSecond } from './shop.ts'

export interface ShopDeps {
  readonly nowMs: () => number
  readonly random: () => number
  readonly send: (path: string, body: string) => Promise<void>
  readonly onChange: (change: ShopChange) => void
}

const PAST_MS = 2 * 3_600_000
const CELL_MS = 10_000
const CELLS_PER_POST = 120

/** The shop's last two hours: what is normal there. */
export async function sendShopPast({ nowMs, random, send }: Omit<ShopDeps, 'onChange'>): Promise<void> {
  const endMs = Math.floor(nowMs() / CELL_MS) * CELL_MS
  for (let fromMs = endMs - PAST_MS; fromMs < endMs; fromMs += CELLS_PER_POST * CELL_MS) {
    const cells = Array.from({ length: CELLS_PER_POST }, (_, cell) => fromMs + cell * CELL_MS)
    await send(EVENTS, toLines(cells.filter((atMs) => atMs < endMs).flatMap((atMs) => shopPast(atMs, random))))
  }
}

/** The shop from now on, second by second, until it is told to stop. */
export async function runShop({ nowMs, random, send, onChange }: ShopDeps, stop: AbortSignal): Promise<void> {
  const startMs = nowMs()
  const changes = [...SHOP_CHANGES]
  for (let second = 0; !stop.aborted; second++) {
    const atMs = startMs + second * 1000
    await sleep(Math.max(0, atMs + 1000 - nowMs()), undefined, { signal: stop }).catch(() => {})
    if (stop.aborted) return
    while (changes[0] !== undefined && changes[0].atSecond <= second) {
      const { atSecond, ...change } = changes.shift() ?? changes[0]
      const ts = new Date(startMs + atSecond * 1000).toISOString()
      await send('/api/v1/changes', JSON.stringify({ ts, ...change }))
      onChange({ atSecond, ...change })
    }
    await send(EVENTS, toLines(shopSecond({ atMs, second }, random)))
  }
}

const EVENTS = '/api/v1/events?format=ndjson'

function toLines(events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n')
}
