import { expect, test } from 'vitest'
import { createSharingDetector } from '../../../../services/detector/share-services.ts'
import type { Share } from '../../../../shared/bus/bus.ts'

/** Who was made, and who ticked, as `parts:ticks`. */
function watchOver(shares: readonly (Share | undefined)[]) {
  const made: { parts: string; ticks: number }[] = []
  const turns = shares.values()
  const detector = createSharingDetector(
    () => turns.next().value,
    ({ owned, of }) => {
      const one = { parts: `${owned}/${of}`, ticks: 0 }
      made.push(one)
      return {
        tick: async () => {
          one.ticks += 1
        },
      }
    },
  )
  return { tick: () => detector.tick(), made: () => made.map(({ parts, ticks }) => `${parts}:${ticks}`) }
}

async function afterAll(shares: readonly (Share | undefined)[]): Promise<string[]> {
  const watch = watchOver(shares)
  for (const _ of shares) await watch.tick()
  return watch.made()
}

const of3 = (...owned: readonly number[]): Share => ({ owned, of: 3 })

test('one detector goes on for as long as the same parts are its own, in whatever order they are named', async () => {
  expect(await afterAll([of3(0, 1), of3(1, 0), of3(0, 1)])).toEqual(['0,1/3:3'])
})

test('other parts are watched by a detector that begins with what is stored of them', async () => {
  expect(await afterAll([of3(0, 1), of3(0, 1, 2), of3(2)])).toEqual(['0,1/3:1', '0,1,2/3:1', '2/3:1'])
})

test('nothing is watched before parts were given out, nor by whoever got none', async () => {
  expect(await afterAll([undefined, of3(), of3(1), of3(), of3(1)])).toEqual(['1/3:1', '1/3:1'])
})
