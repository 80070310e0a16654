import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHART_POINTS_MAX, chooseChartWindow, coarsen, errorShare } from '../../../../shared/faces/incident-chart.ts'
import { at, change, DAY, incident } from '../../services/cli/incident-samples.ts'

test('a chart begins well before the first errors and ends well after the last', () => {
  const window = chooseChartWindow(incident(), DAY)
  expect(window.fromMs).toBeLessThanOrEqual(at('13:53:10'))
  expect(window.toMs).toBeGreaterThanOrEqual(at('14:29:00'))
})

test('a chart never leaves the log by more than a step', () => {
  const log = { fromMs: at('14:00:00'), toMs: at('14:20:00') }
  const { fromMs, toMs, stepMs } = chooseChartWindow(incident({ resolvedAtMs: null }), log)
  expect(fromMs).toBeGreaterThan(log.fromMs - stepMs)
  expect(toMs).toBeLessThan(log.toMs + stepMs)
})

test('a likely suspect long before the errors is on the chart', () => {
  const early = change({ id: 'd1', startedAtMs: at('13:05:00') })
  const slow = incident({ suspects: [{ changeId: 'd1', probability: 0.8, change: early, evidence: [] }] })
  expect(chooseChartWindow(slow, DAY).fromMs).toBeLessThan(at('13:05:00'))
})

test('thin traffic gets longer steps, so that chance draws no towers', () => {
  const busy = chooseChartWindow(incident({ requests: 90_000 }), DAY)
  const thin = chooseChartWindow(incident({ requests: 300, affected: [] }), DAY)
  expect(busy.stepMs).toBe(10_000)
  expect(thin.stepMs).toBeGreaterThanOrEqual(60_000)
})

test('no chart has more points than can be told apart, nor steps that cut a cell', () => {
  const anyIncident = fc.record({
    lengthMs: fc.integer({ min: 0, max: 40 * 86_400_000 }),
    requests: fc.integer({ min: 0, max: 1e9 }),
    beganMs: fc.integer({ min: DAY.fromMs, max: DAY.toMs }),
  })
  fc.assert(
    fc.property(anyIncident, ({ lengthMs, requests, beganMs }) => {
      const of = incident({ startedAtMs: beganMs, resolvedAtMs: beganMs + lengthMs, requests })
      const { fromMs, toMs, stepMs } = chooseChartWindow(of, { ...DAY, toMs: DAY.toMs + lengthMs })
      const points = (toMs - fromMs) / stepMs
      expect(Number.isInteger(points)).toBe(true)
      expect(points).toBeGreaterThanOrEqual(1)
      expect(points).toBeLessThanOrEqual(CHART_POINTS_MAX)
      expect(stepMs % 10_000).toBe(0)
      expect(fromMs % stepMs).toBe(0)
    }),
  )
})

test('steps without requests have no share', () => {
  expect(errorShare({ requests: 0, errors: 0 })).toBeUndefined()
  expect(
    coarsen(
      [
        { requests: 10, errors: 1 },
        { requests: 0, errors: 0 },
        { requests: 5, errors: 5 },
      ],
      2,
    ),
  ).toEqual([
    { requests: 10, errors: 1 },
    { requests: 5, errors: 5 },
  ])
})
