import { expect, test } from 'vitest'
import {
  absorbDispersion,
  createDispersion,
  relativeVariance,
} from '../../../../../services/detector/core/dispersion.ts'
import { seeded } from './simulate.ts'

/** A day of cells of 100 requests whose error rate is drawn anew every `hold` cells: 1 in `rare` is `rare` times the mean. */
function dispersionOf({ hold, rare }: { hold: number; rare: number }) {
  const random = seeded(2)
  const dispersion = createDispersion()
  let factor = 1
  for (let cell = 0; cell < 8640; cell++) {
    if (cell % hold === 0) factor = rare === 1 || random() < 1 / rare ? rare : 0
    let errors = 0
    for (let request = 0; request < 100; request++) if (random() < 0.01 * factor) errors++
    absorbDispersion(dispersion, { requests: 100, errors, cells: 1 }, { rate: 0.01, decay: 1 })
  }
  return dispersion
}

test('a steady rate has next to no variance of its own', () => {
  expect(relativeVariance(dispersionOf({ hold: 1, rare: 1 }), 1)).toBeLessThan(0.05)
})

test('finds the relative variance of a rate that is drawn anew in every cell, and lets it average out', () => {
  const dispersion = dispersionOf({ hold: 1, rare: 5 })
  // A rate that is five times the mean one time in five, else zero, has a relative variance of 4.
  expect(relativeVariance(dispersion, 1)).toBeCloseTo(4, 0)
  expect(relativeVariance(dispersion, 30)).toBeLessThan(0.3)
})

test('bursts that last minutes do not average out within minutes', () => {
  const lasting = dispersionOf({ hold: 30, rare: 5 })
  expect(relativeVariance(lasting, 6)).toBeGreaterThan(2.5)
})

test('a series that nothing is known of takes after its parent', () => {
  const parent = dispersionOf({ hold: 1, rare: 5 })
  expect(relativeVariance(createDispersion(), 1, parent)).toBeCloseTo(relativeVariance(parent, 1), 5)
})

test('a level that moves every hour is drift to cells that are judged by the hour before, however closely it is followed', () => {
  const dispersion = createDispersion()
  for (let cell = 0; cell < 8640; cell++) {
    const rate = Math.floor(cell / 360) % 2 === 0 ? 0.02 : 0.01
    absorbDispersion(dispersion, { requests: 100, errors: 100 * rate, cells: 1 }, { rate, decay: 1 })
  }
  expect(relativeVariance(dispersion, 180)).toBeGreaterThan(0.3)
})
