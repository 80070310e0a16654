import { expect, test } from 'vitest'
import { SHOP_CHANGES, type ShopEvent, shopPast, shopSecond } from '../../../../../services/cli/demo/shop.ts'
import { createPrng } from '../../../../worlds/prng.ts'

const random = () => createPrng('shop').next
const bad = SHOP_CHANGES.find(({ kind }) => kind === 'deploy')
const countOf = (events: readonly ShopEvent[]) => events.reduce((sum, { count }) => sum + count, 0)
const seconds = (from: number, to: number) => {
  const next = random()
  return Array.from({ length: to - from }, (_, i) =>
    shopSecond({ atMs: (from + i) * 1000, second: from + i }, next),
  ).flat()
}
const failuresOf = (events: readonly ShopEvent[], service: string) =>
  events.filter((event) => event.service === service && event.status >= 500)

test('the shop is well until its bad release, and then only payments on the new version fail', () => {
  const at = bad?.atSecond ?? 0
  expect(failuresOf(seconds(0, at), 'checkout').length).toBeLessThan(10)
  const failures = failuresOf(seconds(at + 10, at + 20), 'checkout')
  expect(failures.length).toBeGreaterThan(30)
  expect(failures.filter(({ version, method }) => version === 'v42' && method === 'POST').length).toBeGreaterThan(30)
})

test('what fails behind the gateway fails at the gateway as well', () => {
  const events = seconds(60, 70)
  expect(failuresOf(events, 'gateway')).toHaveLength(
    ['checkout', 'search', 'catalog'].flatMap((service) => failuresOf(events, service)).length,
  )
})

test('its past has the traffic of its present', () => {
  const next = random()
  const past = Array.from({ length: 30 }, (_, cell) => shopPast(cell * 10_000, next)).flat()
  const present = seconds(0, 30)
  expect(countOf(past) / 10 / countOf(present)).toBeCloseTo(1, 1)
})
