import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import type { CellPage, CellRange } from '../../services/detector/io/read-cells.ts'
import { createLiveDetector } from '../../services/detector/live.ts'
import { STRICT_PRIVACY } from '../../services/ingest/core/privacy.ts'
import { createReceiver } from '../../services/ingest/receive-events.ts'
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { openEventEncoder } from '../support/event-encoder.ts'
import { createPrng } from '../worlds/prng.ts'

const FIRST = 179_000_000
const CELLS = 720
const HOSTS = 10
const TEN_MINUTES_MS = 600_000
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
const SERIES = { id: 7, env: 'prod', service: 'shop', method: 'GET', route: '/pay' }

interface Requests {
  requests: number
  errors: number
}

/** Cells as the store would hold them. */
function createCells() {
  const cells = new Map<number, Requests>()
  return {
    add(value: Uint8Array): void {
      for (const line of Buffer.from(value).toString().trimEnd().split('\n')) {
        const event = JSON.parse(line) as { ts: string; status: number; count: number }
        const cell = Math.floor(Date.parse(event.ts) / CELL_MS)
        const held = cells.get(cell) ?? { requests: 0, errors: 0 }
        held.requests += event.count
        if (event.status >= 500) held.errors += event.count
        cells.set(cell, held)
      }
    },
    async *read({ from, to }: CellRange): AsyncGenerator<CellPage> {
      const found = [...cells].filter(([cell]) => cell >= from && cell < to).toSorted(([a], [b]) => a - b)
      if (found.length === 0) return
      yield {
        rows: found.length,
        cells: Uint32Array.from(found, ([cell]) => cell),
        series: Float64Array.from(found, () => SERIES.id),
        requests: Float64Array.from(found, ([, { requests }]) => requests),
        errors: Float64Array.from(found, ([, { errors }]) => errors),
      }
    },
    requests: () => [...cells.values()].reduce((total, { requests }) => total + requests, 0),
  }
}

interface Clocks {
  readonly skewMs: (host: number, cell: number) => number
  readonly errorShare: (cell: number) => number
}

/** Two hours of ten hosts, received and judged as they go by. */
async function live({ skewMs, errorShare }: Clocks, seed: string) {
  const chance = createPrng(seed).next
  const cells = createCells()
  const spikes: Spike[] = []
  let nowMs = FIRST * CELL_MS
  let clamped = 0
  const receive = createReceiver(
    {
      encode: openEventEncoder({ messageBytesMax: 900_000, nowMs: () => nowMs }).encode,
      messageBytesMax: 900_000,
      publish: async (_topic, messages) => {
        for (const { value } of messages) cells.add(value)
      },
      storeRejects: async () => {},
      nowMs: () => nowMs,
      newToken: () => '',
    },
    STRICT_PRIVACY,
  )
  let checkpoint: number | undefined
  const detector = createLiveDetector(
    {
      readSeries: async () => [SERIES],
      readCells: cells.read,
      readDurations: async function* () {},
      readStatuses: async function* () {},
      readNewestCell: async () => undefined,
      readHistoryStart: async ({ from }) => from,
      readOpenDrops: async () => new Set(),
      readCheckpoint: async () => checkpoint,
      writeCheckpoint: async (cell) => {
        checkpoint = cell
      },
      readState: async () => undefined,
      writeState: async () => {},
      noteStart: async () => {},
      storeSpikes: async () => {},
      publishSpikes: async (found) => {
        spikes.push(...found)
      },
      eventsLag: async () => 0,
      nowMs: () => nowMs,
    },
    { settings, latenessMs: 5_000, historyMs: 24 * 3_600_000 },
  )
  let sent = 0
  for (let cell = FIRST; cell < FIRST + CELLS; cell++) {
    nowMs = (cell + 1) * CELL_MS
    const lines: string[] = []
    for (let host = 0; host < HOSTS; host++) {
      for (let request = 0; request < 20; request++) {
        const ts = nowMs - chance() * CELL_MS + skewMs(host, cell)
        const status = chance() < errorShare(cell) ? 500 : 200
        lines.push(
          JSON.stringify({ ts: new Date(ts).toISOString(), service: 'shop', path: '/pay', status, host: `h${host}` }),
        )
      }
    }
    sent += lines.length
    const parser = { format: { name: 'ndjson' }, env: 'prod' } as const
    const receipt = await receive({ bytes: Buffer.from(lines.join('\n')), source: 'test', token: `${cell}`, parser })
    clamped += receipt.clamped
    await detector.tick()
  }
  return { spikes, clamped, sent, stored: cells.requests() }
}

/** Two hosts ahead and two behind, from the beginning or from halfway on. */
const skewFrom = (firstCell: number) => (host: number, cell: number) => {
  if (cell < firstCell || host >= 4) return 0
  return host < 2 ? TEN_MINUTES_MS : -TEN_MINUTES_MS
}

test.each([
  ['always were', FIRST],
  ['became so halfway', FIRST + CELLS / 2],
])('hosts whose clocks %s ten minutes off raise no spike, and none of their events is lost', async (_when, from) => {
  const { spikes, clamped, sent, stored } = await live({ skewMs: skewFrom(from), errorShare: () => 0.01 }, 'calm')
  expect(spikes).toEqual([])
  expect(stored).toBe(sent)
  expect(clamped).toBe(2 * 20 * (FIRST + CELLS - from))
})

test('a fault is found though some clocks are off', async () => {
  const faultFrom = FIRST + 600
  const errorShare = (cell: number) => (cell >= faultFrom ? 0.1 : 0.01)
  const { spikes } = await live({ skewMs: skewFrom(FIRST), errorShare }, 'fault')
  expect(spikes.length).toBeGreaterThan(0)
  for (const { detectedAtMs } of spikes) expect(detectedAtMs).toBeGreaterThan(faultFrom * CELL_MS)
  expect(spikes[0]?.detectedAtMs).toBeLessThanOrEqual((faultFrom + 12) * CELL_MS)
})
