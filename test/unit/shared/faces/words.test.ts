import { expect, test } from 'vitest'
import {
  clockNear,
  daySpan,
  duration,
  percent,
  probabilityPercent,
  probabilityWord,
  roughCount,
} from '../../../../shared/faces/words.ts'

test.each([
  [0, '0 %'],
  [0.00003, 'under 0.01 %'],
  [0.0002, '0.02 %'],
  [0.00096, '0.1 %'],
  [0.0021, '0.2 %'],
  [0.081, '8.1 %'],
  [0.0996, '10 %'],
  [0.42, '42 %'],
  [0.997, 'over 99 %'],
  [1, '100 %'],
])('a share of %d is said as %s', (share, said) => {
  expect(percent(share)).toBe(said)
})

test.each([
  [0.004, '<1 %', 'possible'],
  [0.03, '3 %', 'possible'],
  [0.5, '50 %', 'perhaps'],
  [0.7, '70 %', 'likely'],
  [0.9, '90 %', 'very likely'],
  [0.99, '99 %', 'certain'],
  [1, '>99 %', 'certain'],
  // Rounded it would be the next word's.
  [0.9862, '98 %', 'very likely'],
  [0.897, '89 %', 'likely'],
])('a probability of %d is %s, %s', (probability, number, word) => {
  expect(probabilityPercent(probability)).toBe(number)
  expect(probabilityWord(probability)).toBe(word)
})

test.each([
  [0, 'under 1 s'],
  [20_000, '20 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [950_000, '16 min'],
  [4_800_000, '80 min'],
  [7_500_000, '2 h 5 min'],
  [36 * 3_600_000, '36 h'],
  [3 * 86_400_000, '3 days'],
])('%d ms are said as %s', (lengthMs, said) => {
  expect(duration(lengthMs)).toBe(said)
})

test.each([
  [9_014, '9,014'],
  [99_949, '99,949'],
  [450_400, '450 k'],
  [1_200_000, '1.2 M'],
  [2_000_000, '2 M'],
  [310_000_000, '310 M'],
])('%d is roughly %s', (value, said) => {
  expect(roughCount(value)).toBe(said)
})

test.each([
  ['2026-10-02T00:00:00Z', '2026-10-02T23:00:00Z', '2 Oct 2026'],
  ['2026-10-01T00:00:00Z', '2026-10-02T23:00:00Z', '1–2 Oct 2026'],
  ['2026-09-30T00:00:00Z', '2026-10-02T23:00:00Z', '30 Sep – 2 Oct 2026'],
  ['2025-12-31T00:00:00Z', '2026-01-01T23:00:00Z', '31 Dec 2025 – 1 Jan 2026'],
])('a log from %s to %s covers %s', (from, to, said) => {
  expect(daySpan(Date.parse(from), Date.parse(to))).toBe(said)
})

test('a time is given its day only where it is another one', () => {
  const at = Date.parse('2026-10-02T00:10:00Z')
  expect(clockNear(at, at + 60_000)).toBe('00:10:00')
  expect(clockNear(at - 3_600_000, at)).toBe('1 Oct 23:10:00')
})
