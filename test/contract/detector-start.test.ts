import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import { createWatchers, type Watchers } from '../../services/detector/core/watchers.ts'
import { readState, writeState } from '../../services/detector/io/kept-state.ts'
import { ALL } from '../../services/detector/io/part.ts'
import { readHistoryStart } from '../../services/detector/io/read-cells.ts'
import { readOpenDrops, writeSpikes } from '../../services/detector/io/write-spikes.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { atMinute, spikeAt } from '../unit/services/correlator/drawn-log.ts'

// What a detector finds in the store when it is started.

const path = mkdtempSync(join(tmpdir(), 'detector-start-'))
let store: Store

beforeAll(async () => {
  store = await openEmbeddedStore({ path })
})

afterAll(async () => {
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

const traffic = { expectedRequests: 10, silentSinceMs: atMinute(1), othersKnown: 2, othersSending: 2 }
const drop = (id: string): Spike => spikeAt(1, { id, signal: 'traffic_drop', traffic })

test('of the stored spikes the drops of traffic that are not over are found after a start', async () => {
  const over = drop('over')
  await writeSpikes(store, [drop('open'), over, spikeAt(2, { id: 'errors' })])
  await writeSpikes(store, [{ ...over, resolvedAtMs: atMinute(9), updatedAtMs: over.updatedAtMs + 10_000 }])
  expect(await readOpenDrops(store)).toEqual(new Set(['open']))
  expect(await readHistoryStart(store, { from: 100, to: 1_000 })).toBe(100)
})

const settingsOf = (own: object) => toDetectorSettings(detectionSchema.parse(own), new Map())
const settings = settingsOf({})
const FIRST_MINUTE = 29_000_000
const MINUTES = 90

/** Minutes of many routes: the first fails from the sixtieth on, and half of the requests become slow then. */
function advance({ cells, latency, clientErrors }: Watchers, from: number, to: number): void {
  for (let minute = from; minute < to; minute++) {
    const isWrong = minute >= 60
    for (let cell = 6 * (FIRST_MINUTE + minute); cell < 6 * (FIRST_MINUTE + minute + 1); cell++) {
      const counts = Array.from({ length: 400 }, (_, route) => {
        const series = cells.watch({ env: 'prod', service: `s${route % 9}`, method: 'GET', route: `/${route}` }, cell)
        return { series, requests: 100 + route, errors: isWrong && route === 0 ? 40 : Number(cell % 7 === 0) }
      })
      cells.advance(cell, counts)
    }
    const of = { env: 'prod', service: 's0' }
    const slow = isWrong ? 300 : 1
    const counts = [12, 26].map((bucket, at) => ({ bucket, requests: at === 0 ? 600 - slow : slow }))
    latency.advance(FIRST_MINUTE + minute, [{ ...of, counts }])
    clientErrors.advance(FIRST_MINUTE + minute, [{ ...of, requests: 600, clientErrors: [slow, 2, 0] }])
  }
}

test('what a detector knew goes on from the store as if it had never stopped, under the same settings only', async () => {
  const unstopped = createWatchers(settings)
  advance(unstopped, 0, 64)
  const nowMs = Date.now()
  await writeState(store, { nextCell: 1, watchers: unstopped.state() }, { part: ALL, settings, nowMs: nowMs - 1 })
  await writeState(store, { nextCell: 7, watchers: unstopped.state() }, { part: ALL, settings, nowMs })
  const kept = await readState(store, { part: ALL, settings })
  expect(kept?.nextCell).toBe(7)
  const goneOn = createWatchers(settings, kept?.watchers)
  for (const watchers of [unstopped, goneOn]) advance(watchers, 64, MINUTES)
  expect(goneOn.spikes()).toEqual(unstopped.spikes())
  expect(new Set(goneOn.spikes().map(({ signal, errorStatuses }) => `${signal} ${errorStatuses.from}`))).toEqual(
    new Set(['error_rate 500', 'error_rate 401', 'latency 500']),
  )
  expect(await readState(store, { part: ALL, settings: settingsOf({ minimum_excess_errors: 5 }) })).toBeUndefined()
  expect(await readState(store, { part: { owned: [0], of: 2 }, settings })).toBeUndefined()
})

test('a state that was not stored whole, or is damaged, is none', async () => {
  const part = { owned: [1], of: 2 }
  const watchers = createWatchers(settings).state()
  let whole: Readonly<Record<string, unknown>> = {}
  const insertRows: Store['insertRows'] = async (_, [row = {}]) => {
    whole = row
  }
  await writeState({ insertRows }, { nextCell: 9, watchers }, { part, settings, nowMs: 1_000 })
  const keep = (own: object, nowMs: number) =>
    store.insertRows(
      'detector_states',
      [{ ...whole, ...own, updated_at: new Date(nowMs).toISOString() }],
      `at ${nowMs}`,
    )
  await keep({}, 2_000)
  expect((await readState(store, { part, settings }))?.nextCell).toBe(9)
  await keep({ pieces: 2 }, 3_000)
  expect(await readState(store, { part, settings })).toBeUndefined()
  await keep({ state: 'AAAA' }, 4_000)
  expect(await readState(store, { part, settings })).toBeUndefined()
})
