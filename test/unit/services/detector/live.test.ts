import { expect, test } from 'vitest'
import { detectSpikes } from '../../../../services/detector/service.ts'
import { CELL_MS } from '../../../../shared/domain/cell.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import {
  detectorOver,
  durations,
  FIRST,
  HOURS_2,
  NAME,
  newestWord,
  nothing,
  pages,
  pagesUntilHour,
  replayed,
  settings,
} from './live-hours.ts'

test('a live day gives the spikes of its replay, however the ticks fall', async () => {
  for (const step of [1, 7, HOURS_2]) {
    const kept = nothing()
    const judgeUntil = detectorOver(kept)
    for (let cell = 500; cell < HOURS_2; cell += step) await judgeUntil(cell)
    await judgeUntil(HOURS_2)
    expect(newestWord(kept.published)).toEqual(await replayed())
  }
})

test('a live day tells of slow requests as its replay does, in one incident, however the ticks fall and after a restart', async () => {
  const all = { from: 0, to: FIRST + HOURS_2 }
  const deps = { readSeries: async () => [NAME], readCells: () => pages(all), readDurations: () => durations(all) }
  const slow = (spikes: readonly Spike[]) => newestWord(spikes).filter(({ signal }) => signal === 'latency')
  const expected = slow((await detectSpikes(deps, settings)).spikes)
  expect(expected).toHaveLength(1)
  for (const step of [1, 7, 100]) {
    const kept = nothing()
    let judgeUntil = detectorOver(kept, { readDurations: durations })
    for (let cell = 300; cell < HOURS_2; cell += step) {
      if (cell === 600) judgeUntil = detectorOver(kept, { readDurations: durations })
      await judgeUntil(cell)
    }
    await judgeUntil(HOURS_2 + 6)
    expect(slow(kept.published)).toEqual(expected)
  }
})

test('a spike is told by the tick that sealed the cell that gave it away', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept)
  await judgeUntil(600)
  expect(kept.published).toEqual([])
  await judgeUntil(610)
  expect(kept.published[0]).toMatchObject({ service: 'checkout', resolvedAtMs: null })
})

test('after a kill at any cell the same spike goes on under the same id, and none is told twice', async () => {
  const kept = nothing()
  for (let cell = 598; cell < 650; cell += 4) {
    kept.state = undefined
    await detectorOver(kept)(cell)
  }
  const tellings = kept.published.map(({ id, updatedAtMs }) => `${id} ${updatedAtMs}`)
  expect(new Set(tellings).size).toBe(tellings.length)
  expect(newestWord(kept.published).map(({ id }) => id)).toEqual((await replayed()).map(({ id }) => id))
})

test('what was silent so far is judged when its cells come late, as a log is that is sent after the start', async () => {
  const kept = nothing()
  let isSent = false
  const judgeUntil = detectorOver(kept, {
    readCells: async function* (range) {
      if (isSent) yield* pages(range)
    },
  })
  await judgeUntil(HOURS_2)
  expect(kept.published).toEqual([])
  isSent = true
  await judgeUntil(HOURS_2)
  expect(newestWord(kept.published)).toEqual(await replayed())
})

test('cells are not judged while events for them wait to be stored', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept, { eventsLag: async () => 3, readNewestCell: async () => FIRST + 10 })
  await judgeUntil(700)
  expect(kept.checkpoint).toBe(FIRST + 10)
})

test('cells are judged once though telling of them failed, and told by the next tick', async () => {
  const kept = nothing()
  let fails = true
  const judgeUntil = detectorOver(kept, {
    storeSpikes: async () => {
      if (fails) throw new Error('store is down')
    },
  })
  await expect(judgeUntil(700)).rejects.toThrow('store is down')
  expect(kept.checkpoint).toBeUndefined()
  fails = false
  await judgeUntil(HOURS_2)
  expect(newestWord(kept.published)).toEqual(await replayed())
})

test('when all traffic stops for ten minutes it is told within two ticks, and over once it comes again', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept, { readCells: pagesUntilHour(500) })
  for (let cell = 300; cell < 420; cell++) await judgeUntil(cell)
  expect(kept.published).toEqual([])
  for (let cell = 420; cell <= 422; cell++) await judgeUntil(cell)
  const [drop] = kept.published
  expect(drop).toMatchObject({ signal: 'traffic_drop', service: 'checkout', resolvedAtMs: null })
  expect(drop?.onsetAtMs).toBe((FIRST + 360) * CELL_MS)
  for (let cell = 423; cell < 560; cell++) await judgeUntil(cell)
  expect(newestWord(kept.published)).toMatchObject([{ id: drop?.id, resolvedAtMs: (FIRST + 500) * CELL_MS }])
})

test.each([
  ['goes on after a kill, under the same id, and ends', [445, 510, 540]],
  ['that ended while nobody ran is told to be over', [540]],
])('a silence that was told %s', async (_, restartedAt) => {
  const kept = nothing()
  const readCells = pagesUntilHour(500)
  await detectorOver(kept, { readCells })(300)
  const before = detectorOver(kept, { readCells })
  for (const cell of [350, 380, 440]) await before(cell)
  const ids = new Set(kept.published.map(({ id }) => id))
  expect(ids.size).toBe(1)
  const after = detectorOver({ ...kept, openDrops: ids }, { readCells })
  for (const cell of restartedAt) await after(cell)
  expect(newestWord(kept.published).map(({ id, resolvedAtMs }) => [id, resolvedAtMs])).toEqual([
    [[...ids][0], (FIRST + 500) * CELL_MS],
  ])
})

test('what was missed while nobody ran is no silence until the sources had ten minutes to send it', async () => {
  const kept = nothing()
  await detectorOver(kept, { readCells: pagesUntilHour(9_999) })(350)
  const after = detectorOver(kept, { readCells: pagesUntilHour(9_999) })
  for (const cell of [600, 630, 659]) await after(cell)
  expect(kept.published).toEqual([])
  await after(662)
  expect(kept.published).toMatchObject([{ signal: 'traffic_drop', onsetAtMs: (FIRST + 360) * CELL_MS }])
})

test('an error spike is never closed by silence', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept)
  for (const cell of [610, HOURS_2, HOURS_2 + 30, HOURS_2 + 90, HOURS_2 + 360]) await judgeUntil(cell)
  const ofErrors = newestWord(kept.published).filter(({ signal }) => signal === 'error_rate')
  expect(ofErrors.length).toBeGreaterThan(0)
  expect(ofErrors.map(({ resolvedAtMs }) => resolvedAtMs)).toEqual(ofErrors.map(() => null))
})

test('a spike that is over and told is not kept: the next tick has nothing to say of it', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept, { readCells: pagesUntilHour(450) })
  for (const cell of [360, 430, 470, 475]) await judgeUntil(cell)
  const [last] = newestWord(kept.published)
  expect(last?.resolvedAtMs).toBe((FIRST + 450) * CELL_MS)
  const tellings = kept.published.length
  for (const cell of [480, 500, 520]) await judgeUntil(cell)
  expect(kept.published).toHaveLength(tellings)
})
