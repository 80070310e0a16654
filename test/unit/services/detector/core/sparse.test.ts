import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byForm } from '../../../../support/long-form.ts'
import { defaultDetector, ROUTE } from './simulate.ts'

const RUNS = byForm({ short: 300, long: 10_000 })
const HOUR = 360

/** Cells apart from each other by whatever emptiness, each of a few requests. */
const sparse = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 * HOUR }), fc.integer({ min: 1, max: 3 })), {
  minLength: 1,
  maxLength: 120,
})

test('one error of two requests is no alert, whatever came before it and however long nothing did (row 12)', () => {
  fc.assert(
    fc.property(sparse, fc.integer({ min: 1, max: HOUR }), (cells, gap) => {
      const detector = defaultDetector()
      let at = 0
      const judge = (requests: number, errors: number) => {
        detector.advance(at, [{ series: detector.watch(ROUTE, at), requests, errors }])
      }
      for (const [empty, requests] of cells) {
        at += empty
        judge(requests, 0)
      }
      at += gap
      judge(2, 1)
      for (let later = 0; later < 60; later++) {
        at += 1
        detector.advance(at, [])
      }
      expect(detector.spikes()).toEqual([])
    }),
    { numRuns: RUNS },
  )
})

test('traffic that never varies, failing alike in every cell, is no alert (row 12)', () => {
  const share = fc.record({ requests: fc.integer({ min: 1, max: 500 }), errors: fc.integer({ min: 0, max: 500 }) })
  fc.assert(
    fc.property(share, fc.integer({ min: 30, max: HOUR }), ({ requests, errors }, length) => {
      const detector = defaultDetector()
      const failed = Math.min(errors, Math.floor(requests / 3))
      for (let at = 0; at < length; at++)
        detector.advance(at, [{ series: detector.watch(ROUTE, at), requests, errors: failed }])
      expect(detector.spikes()).toEqual([])
    }),
    { numRuns: Math.ceil(RUNS / 10) },
  )
})
