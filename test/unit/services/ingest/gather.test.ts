import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGatherer } from '../../../../services/ingest/gather.ts'

const LIMITS = { bytesMax: 100, enoughBytes: 40, lingerMs: 50 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Deliveries in their order, as what went together; each ends when it is told to. */
function watchDeliveries() {
  const delivered: string[] = []
  const endings: (() => void)[] = []
  const add = createGatherer<{ readonly name: string; readonly bytes: number }>((items) => {
    delivered.push(items.map(({ name }) => name).join(' '))
    return new Promise((resolve) => endings.push(resolve))
  }, LIMITS)
  return { delivered, add, endFirst: () => endings.shift()?.() }
}

test('what comes after a pause goes at once, and what comes soon after it waits a moment for others', async () => {
  const { delivered, add, endFirst } = watchDeliveries()
  void add({ name: 'a', bytes: 10 })
  void add({ name: 'b', bytes: 10 })
  await vi.advanceTimersByTimeAsync(10)
  expect(delivered).toEqual(['a b'])
  endFirst()
  void add({ name: 'c', bytes: 10 })
  await vi.advanceTimersByTimeAsync(LIMITS.lingerMs - 11)
  void add({ name: 'd', bytes: 10 })
  expect(delivered).toEqual(['a b'])
  await vi.advanceTimersByTimeAsync(1)
  expect(delivered).toEqual(['a b', 'c d'])
})

test('enough of them go at once, and those that come meanwhile go together as soon as they are through', async () => {
  const { delivered, add, endFirst } = watchDeliveries()
  void add({ name: 'a', bytes: 40 })
  await vi.advanceTimersByTimeAsync(0)
  expect(delivered).toEqual(['a'])
  void add({ name: 'b', bytes: 40 })
  void add({ name: 'c', bytes: 40 })
  await vi.advanceTimersByTimeAsync(LIMITS.lingerMs)
  expect(delivered).toEqual(['a'])
  endFirst()
  await vi.advanceTimersByTimeAsync(0)
  expect(delivered).toEqual(['a', 'b c'])
})

test('no delivery is larger than it may be, but for one large item', async () => {
  const { delivered, add } = watchDeliveries()
  for (const [name, bytes] of [
    ['a', 30],
    ['b', 80],
    ['c', 120],
  ] as const)
    void add({ name, bytes })
  await vi.advanceTimersByTimeAsync(LIMITS.lingerMs)
  expect(delivered).toEqual(['a', 'b', 'c'])
})
