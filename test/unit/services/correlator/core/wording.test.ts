import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  sayChange,
  sayChangeOf,
  sayCount,
  sayDuration,
  sayName,
  sayPercent,
  sayPlural,
} from '../../../../../services/correlator/core/wording.ts'
import { CHANGE_KINDS } from '../../../../../shared/domain/change.ts'
import { changeAt } from '../drawn-log.ts'

test.each([
  [0, '0 %'],
  [1e-9, 'under 0.001 %'],
  [0.00002, '0.002 %'],
  [0.0002345, '0.023 %'],
  [0.001, '0.1 %'],
  [0.081, '8.1 %'],
  [0.0999, '10 %'],
  [0.5, '50 %'],
  [0.999, '100 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, said) => {
  expect(sayPercent(share)).toBe(said)
})

test.each([
  [0, '0'],
  [1, '1'],
  [999, '999'],
  [1000, '1,000'],
  [9014.4, '9,014'],
  [999_999, '999,999'],
  [1_000_000, '1 M'],
  [1_234_567, '1.2 M'],
  [12_345_678, '12 M'],
])('a count of %d is %s', (count, said) => {
  expect(sayCount(count)).toBe(said)
})

test.each([
  [0, '0 s'],
  [20_400, '20 s'],
  [-20_400, '20 s'],
  [89_000, '89 s'],
  [90_000, '2 min'],
  [240_000, '4 min'],
  [3_570_000, '1 h'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
  [47 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 days'],
  [7 * 24 * 3_600_000, '7 days'],
])('%d ms are %s', (durationMs, said) => {
  expect(sayDuration(durationMs)).toBe(said)
})

test.each([
  [0, '0 services'],
  [1, '1 service'],
  [1200, '1,200 services'],
])('%d of a noun', (count, said) => {
  expect(sayPlural(count, 'service')).toBe(said)
})

test('a change is called by its version, else its title, else its id', () => {
  expect(sayChange(changeAt(0, { version: 'v42', title: 'faster cart' }))).toBe('deploy v42')
  expect(sayChange(changeAt(0, { kind: 'feature_flag', title: 'new-cart' }))).toBe('flag new-cart')
  expect(sayChange(changeAt(7, { kind: 'other' }))).toBe('change change-7')
})

test.each(CHANGE_KINDS)('a change of kind %s has a word', (kind) => {
  expect(sayChange(changeAt(0, { kind, version: '1' }))).toMatch(/^[a-z ]+ 1$/)
})

test('a change of the whole platform is of no service', () => {
  const { service: _, ...platform } = changeAt(0, { kind: 'infra', title: 'new kernel' })
  expect(sayChangeOf(platform)).toBe('infrastructure change new kernel')
  expect(sayChangeOf(changeAt(0, { version: 'v42' }))).toBe('deploy v42 of checkout')
})

test('whatever a name holds, it is short, on one line, well-formed text, and nothing that a terminal obeys', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u001b', '\n', '\r', '\u202e', '\u2028', '\u200b', '\ud83d', '\ude00', '😀', '<'),
      fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
    ),
    maxLength: 200,
  })
  fc.assert(
    fc.property(hostile, (name) => {
      const said = sayName(name)
      expect(said.length).toBeLessThanOrEqual(60)
      expect(said).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    }),
    { numRuns: 300 },
  )
})

test('a name cut inside a pair is still well-formed', () => {
  const said = sayName(`${'x'.repeat(58)}😀😀`)
  expect(said).toBe(`${'x'.repeat(58)}�…`)
  expect(sayName('déploiement 😀')).toBe('déploiement 😀')
})
