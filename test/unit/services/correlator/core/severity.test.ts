import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gradeSeverity } from '../../../../../services/correlator/core/severity.ts'

const MINUTE_MS = 60_000
const GRADES = ['minor', 'major', 'critical'] as const

test.each([
  ['nothing at all', 0, 0, 0, 'minor'],
  ['no error above normal', 0, 1_000_000, 60, 'minor'],
  ['a few errors of a busy service', 4, 10_000, 1, 'minor'],
  ['one error of two requests in ten minutes', 1, 2, 10, 'minor'],
  ['half a percent and five a minute', 50, 10_000, 10, 'major'],
  ['just less than five a minute', 49, 9800, 10, 'minor'],
  ['a thin service of which one in twenty fails', 6, 120, 12, 'major'],
  ['two percent and twenty a minute', 200, 10_000, 10, 'critical'],
  ['just less than two percent', 199, 10_000, 9, 'major'],
  ['a fifth of a thin service', 30, 150, 10, 'critical'],
  ['everything', 10_000, 10_000, 1, 'critical'],
  ['a billion of a hundred billion', 1e9, 1e11, 60, 'major'],
  ['every request of the first ten seconds', 5, 5, 0, 'critical'],
])('%s', (_, excessErrors, requests, minutes, expected) => {
  expect(gradeSeverity({ excessErrors, requests, durationMs: minutes * MINUTE_MS })).toBe(expected)
})

test('more errors are never less severe; as many among more requests or over a longer time are never more', () => {
  const harm = fc.record({
    excessErrors: fc.double({ min: 0, max: 1e9, noNaN: true }),
    requests: fc.integer({ min: 0, max: 1_000_000_000 }),
    durationMs: fc.integer({ min: 0, max: 48 * 60 * MINUTE_MS }),
  })
  const rank = (one: Parameters<typeof gradeSeverity>[0]) => GRADES.indexOf(gradeSeverity(one))
  fc.assert(
    fc.property(harm, fc.double({ min: 1, max: 1000, noNaN: true }), (one, factor) => {
      expect(rank({ ...one, excessErrors: one.excessErrors * factor })).toBeGreaterThanOrEqual(rank(one))
      expect(rank({ ...one, requests: one.requests * factor })).toBeLessThanOrEqual(rank(one))
      expect(rank({ ...one, durationMs: one.durationMs * factor })).toBeLessThanOrEqual(rank(one))
    }),
  )
})
