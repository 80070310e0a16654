import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapInOrder } from '../../../../../services/ingest/io/map-in-order.ts'

async function* numbers(count: number): AsyncGenerator<number, void> {
  for (let number = 0; number < count; number++) yield number
}

test('gives results in the order of the inputs, with never more calls under way than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (scheduler, count, limit) => {
        let underWay = 0
        let most = 0
        const work = async (number: number) => {
          most = Math.max(most, ++underWay)
          await scheduler.schedule(Promise.resolve())
          underWay--
          return number
        }
        const collect = async () => {
          const results: number[] = []
          for await (const result of mapInOrder(numbers(count), work, limit)) results.push(result)
          return results
        }
        const collected = collect()
        await scheduler.waitFor(collected)
        expect(await collected).toEqual(Array.from({ length: count }, (_, index) => index))
        expect(most).toBeLessThanOrEqual(limit)
      },
    ),
  )
})

test('a failure comes in its turn, after the results before it', async () => {
  const results: number[] = []
  const work = async (number: number) => {
    if (number === 2) throw new Error('two')
    return number
  }
  const collect = async () => {
    for await (const result of mapInOrder(numbers(10), work, 3)) results.push(result)
  }
  await expect(collect()).rejects.toThrow('two')
  expect(results).toEqual([0, 1])
})
