import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onsetSpan, spikeEndMs } from '../../../../../services/correlator/core/onset.ts'
import { atMinute, spikeAt } from '../drawn-log.ts'

const at = (minute: number, weight: number) => ({ atMs: atMinute(minute), weight })

test.each([
  ['known to the cell', [at(120, 1)], 120, 120],
  ['not known at all, as the detector last said', [], 120, 120],
  ['one of two alike', [at(119, 0.5), at(120, 0.5)], 119, 120],
  ['with an unlikely early one', [at(100, 0.04), at(120, 0.96)], 120, 120],
  ['with an early one as likely as one in twenty', [at(100, 0.05), at(120, 0.95)], 100, 120],
  ['with an unlikely late one', [at(120, 0.96), at(140, 0.04)], 120, 120],
  ['of weights that sum to a little less than 1', [at(120, 0.5), at(121, 0.4)], 120, 121],
])('an onset %s', (_, onsetGuesses, earliest, latest) => {
  const span = onsetSpan(spikeAt(120, { onsetGuesses }))
  expect(span).toEqual({ earliestMs: atMinute(earliest), latestMs: atMinute(latest) + 10_000 })
})

test('the span holds nine tenths of the likelihood and is never empty', () => {
  const guesses = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }).map((weights) => {
    const whole = weights.reduce((sum, weight) => sum + weight, 0)
    return weights.map((weight, index) => at(100 + index, weight / whole))
  })
  fc.assert(
    fc.property(guesses, (onsetGuesses) => {
      const { earliestMs, latestMs } = onsetSpan(spikeAt(120, { onsetGuesses }))
      const within = onsetGuesses.filter(({ atMs }) => atMs >= earliestMs && atMs < latestMs)
      expect(within.reduce((sum, { weight }) => sum + weight, 0)).toBeGreaterThanOrEqual(0.9 - 1e-9)
      expect(latestMs).toBeGreaterThan(earliestMs)
    }),
  )
})

test('a spike ends at its recovery, a lasting one never', () => {
  expect(spikeEndMs(spikeAt(120, { resolvedMinute: 140 }))).toBe(atMinute(140))
  expect(spikeEndMs(spikeAt(120))).toBe(Number.POSITIVE_INFINITY)
})
