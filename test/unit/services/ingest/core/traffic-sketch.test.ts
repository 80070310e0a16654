import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTrafficSketch } from '../../../../../services/ingest/core/traffic-sketch.ts'

const CAPACITY = 8

const traffic = fc.array(
  fc.record({
    name: fc.oneof(fc.constantFrom('busy', 'busier'), fc.nat(60).map(String)),
    requests: fc.oneof(fc.constant(1), fc.nat(100)),
  }),
  { maxLength: 300, size: 'max' },
)

test('what a name has gathered is never above the truth, and below it by no more than 2/capacity of all traffic', () => {
  fc.assert(
    fc.property(traffic, (calls) => {
      const sketch = createTrafficSketch(CAPACITY)
      const truth = new Map<string, number>()
      let requestsSoFar = 0
      const wrong = calls.filter(({ name, requests }) => {
        const requestsOfName = (truth.get(name) ?? 0) + requests
        truth.set(name, requestsOfName)
        requestsSoFar += requests
        const gathered = sketch.add(name, requests)
        const atLeast = Math.max(requests, requestsOfName - (2 * requestsSoFar) / CAPACITY)
        return gathered > requestsOfName || gathered < atLeast
      })
      expect(wrong).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('up to its capacity it counts exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(CAPACITY - 1), fc.nat(1_000))), (calls) => {
      const sketch = createTrafficSketch(CAPACITY)
      const truth = new Map<number, number>()
      for (const [name, requests] of calls) {
        truth.set(name, (truth.get(name) ?? 0) + requests)
        expect(sketch.add(String(name), requests)).toBe(truth.get(name))
      }
    }),
  )
})

test('a busy name outlives a flood of names that come once, which are forgotten', () => {
  const sketch = createTrafficSketch(100)
  let requests = 0
  for (let i = 0; i < 100_000; i++) {
    sketch.add(`once-${i}`, 1)
    if (i % 10 === 0) requests = sketch.add('busy', 1)
  }
  expect(requests).toBeGreaterThan(10_000 - (2 * 110_000) / 100)
  expect(sketch.add('once-0', 1)).toBe(1)
})
