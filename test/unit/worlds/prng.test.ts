import { expect, test } from 'vitest'
import { createPrng } from '../../worlds/prng.ts'

function draw(seed: string, count: number): number[] {
  const prng = createPrng(seed)
  return Array.from({ length: count }, () => prng.next())
}

test('the same seed gives the same numbers', () => {
  expect(draw('a', 100)).toEqual(draw('a', 100))
  expect(draw('a', 3)).not.toEqual(draw('b', 3))
})

test('numbers fill [0, 1) evenly', () => {
  const numbers = draw('even', 100_000)
  const bins = Array.from({ length: 10 }, (_, i) => numbers.filter((x) => Math.floor(x * 10) === i).length)
  expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true)
  for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})

test('what is drawn from a fork never moves the numbers of its parent', () => {
  const [one, other] = [createPrng('p'), createPrng('p')]
  const fork = one.fork('child')
  for (let i = 0; i < 10; i++) fork.next()
  expect(one.next()).toBe(other.next())
  expect(createPrng('p').fork('x').next()).not.toBe(createPrng('p').fork('y').next())
})
