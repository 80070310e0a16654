import { expect, test } from 'vitest'
import { shares } from '../../../../../dashboards/web/src/words/shares.ts'
import { milliseconds, requestRate, requestRateWords } from '../../../../../dashboards/web/src/words/traffic.ts'

test.each([
  [1240.4, '1,240 / s', '1,240 requests a second'],
  [4.26, '4.3 / s', '4.3 requests a second'],
  [0.05, '3 / min', '3 requests a minute'],
  [0.0005, '2 / h', '2 requests an hour'],
  [0, 'none', 'no requests'],
])('a rate of %d a second is said with digits that count', (perSecond, short, long) => {
  expect(requestRate(perSecond)).toBe(short)
  expect(requestRateWords(perSecond)).toBe(long)
})

test.each([
  [0.42, '0.4 ms'],
  [18.2, '18 ms'],
  [996, '1.0 s'],
  [12_300, '12 s'],
])('%d ms are said with digits that count', (duration, said) => {
  expect(milliseconds(duration)).toBe(said)
})

test('where nothing was asked there is no share, rather than none failing', () => {
  expect(shares({ requests: [0, 10], errors: [0, 1] })).toEqual([null, 0.1])
})
