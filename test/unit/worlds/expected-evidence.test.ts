import { expect, test } from 'vitest'
import { binomialKl, cellEvidence } from '../../worlds/expected-evidence.ts'

const cell = { requests: 100, normalRate: 0.001, faultyRate: 0.05, burstiness: 0 }

test('the evidence of one request is the divergence of its two error rates', () => {
  expect(binomialKl(0.5, 0.25)).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(0.5 / 0.75), 12)
  expect(binomialKl(0.2, 0.2)).toBe(0)
})

test('a steady cell says as much as its requests together', () => {
  expect(cellEvidence(cell)).toBeCloseTo(100 * binomialKl(0.05, 0.001), 10)
})

test('almost steady noise says almost as much as none', () => {
  expect(cellEvidence({ ...cell, burstiness: 1e-6 })).toBeCloseTo(cellEvidence(cell), 1)
})

test('the burstier the normal errors, the less a cell of errors says', () => {
  const evidence = [0, 0.001, 0.01, 0.05].map((burstiness) => cellEvidence({ ...cell, burstiness }))
  expect(evidence).toEqual(evidence.toSorted((a, b) => b - a))
  expect(evidence[3]).toBeGreaterThan(0)
})

test('nothing is learned from no requests or from no rise', () => {
  expect(cellEvidence({ ...cell, requests: 0 })).toBe(0)
  expect(cellEvidence({ ...cell, faultyRate: 0.001, burstiness: 0.01 })).toBe(0)
})

test('evidence grows with requests, between whole numbers too', () => {
  const evidence = [0.5, 1, 1.5, 7, 7.3].map((requests) => cellEvidence({ ...cell, requests, burstiness: 0.01 }))
  expect(evidence).toEqual(evidence.toSorted((a, b) => a - b))
})
