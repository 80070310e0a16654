import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveDetectorDeps } from '../../../../services/detector/live.ts'
import { detectSpikes } from '../../../../services/detector/service.ts'
import { byForm } from '../../../support/long-form.ts'
import { detectorOver, durations, FIRST, HOURS_2, NAME, newestWord, nothing, pages, settings } from './live-hours.ts'

test('what an earlier run knew, kept or lost at each of its stops, changes nothing of what is told, and nothing is told twice', async () => {
  const all = { from: 0, to: FIRST + HOURS_2 }
  const deps = { readSeries: async () => [NAME], readCells: () => pages(all), readDurations: () => durations(all) }
  const expected = (await detectSpikes(deps, settings)).spikes
  expect(new Set(expected.map(({ signal }) => signal))).toEqual(new Set(['error_rate', 'latency']))
  const stop = fc.record({ after: fc.integer({ min: 1, max: 120 }), isLost: fc.boolean(), step: fc.nat(12) })
  await fc.assert(
    fc.asyncProperty(fc.array(stop, { maxLength: 8 }), async (stops) => {
      const kept = nothing()
      let cell = 30
      for (const { after, isLost, step } of stops) {
        if (isLost) kept.state = undefined
        const judgeUntil = detectorOver(kept, { readDurations: durations })
        for (const until = Math.min(cell + after, HOURS_2); cell < until; cell += step + 1) await judgeUntil(cell)
      }
      await detectorOver(kept, { readDurations: durations })(HOURS_2 + 6)
      const tellings = kept.published.map(({ id, updatedAtMs }) => `${id} ${updatedAtMs}`)
      expect(new Set(tellings).size).toBe(tellings.length)
      const told = new Map(newestWord(kept.published).map((spike) => [spike.id, spike]))
      expect([...told.keys()].toSorted()).toEqual(expected.map(({ id }) => id).toSorted())
      for (const spike of expected) expect(told.get(spike.id)).toEqual(spike)
    }),
    { numRuns: byForm({ short: 12, long: 300 }) },
  )
})

test('a start reads only what came since what was known was kept; what is older than all that is stored is of no use', async () => {
  const kept = nothing()
  const before = detectorOver(kept)
  for (let cell = 100; cell <= 500; cell += 10) await before(cell)
  const asked: number[] = []
  const noted: number[] = []
  const own: Partial<LiveDetectorDeps> = {
    readCells: (range) => {
      asked.push(range.from - FIRST)
      return pages(range)
    },
    noteStart: async (cell) => {
      noted.push(cell - FIRST)
    },
  }
  await detectorOver(kept, own)(510)
  expect(Math.min(...asked)).toBeGreaterThan(430)
  expect(noted.at(-1)).toBe(510)
  asked.length = 0
  const daysLater = detectorOver(kept, own)
  await daysLater(510 + 2 * 8_640)
  expect(Math.min(...asked)).toBe(510 + 8_640)
})
