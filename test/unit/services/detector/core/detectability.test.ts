import { expect, test } from 'vitest'
import { detectableRises } from '../../../../../services/detector/core/detectability.ts'
import { riseThreshold } from '../../../../../services/detector/core/threshold.ts'

const limits = { nats: riseThreshold(0.1, 20), excessErrors: 4, uplift: 0.002 }
const level = { rate: 0.001, normal: { rate: 0.0014, blockCells: 1, shape: 10 } }

test('the busier the route and the longer the wait, the smaller the rise that is seen', () => {
  const busy = detectableRises({ ...level, requestsPerSecond: 100 }, limits)
  const rates = busy.map(({ errorRate }) => errorRate ?? 1)
  expect(rates).toEqual(rates.toSorted((a, b) => b - a))
  const slow = detectableRises({ ...level, requestsPerSecond: 1 }, limits)
  for (const [index, { errorRate }] of slow.entries()) expect(errorRate ?? 1).toBeGreaterThan(rates[index] ?? 0)
})

test('a route with three requests a minute is blind within that minute, and says so', () => {
  expect(detectableRises({ ...level, requestsPerSecond: 0.05 }, limits)[0]?.errorRate).toBeUndefined()
})

test('the threshold rises with the fleet and falls with the budget', () => {
  expect(riseThreshold(0.2, 1000)).toBeGreaterThan(riseThreshold(0.2, 100))
  expect(riseThreshold(2, 10)).toBeLessThan(riseThreshold(0.2, 10))
})
