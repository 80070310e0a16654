import { expect, test } from 'vitest'
import { besideOnset } from '../../../../shared/faces/incident-words.ts'
import { incident } from '../../services/cli/incident-samples.ts'

test.each([
  [-20_000, '20 s before the first errors'],
  [-10_000, '10 s before the first errors'],
  [-9_999, 'as the first errors came'],
  [2_000, 'as the first errors came'],
  [10_000, '10 s after the first errors'],
])('a change %i ms from the onset is told no finer than the onset is known', (afterMs, words) => {
  const of = incident()
  expect(besideOnset(of.startedAtMs + afterMs, of)).toBe(words)
})
