import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPaint } from '../../../../../services/cli/render/paint.ts'
import { drawMarks, drawSparkline, type Mark } from '../../../../../services/cli/render/sparkline.ts'
import type { IncidentChart, RatePoint } from '../../../../../shared/faces/incident-chart.ts'
import { textWidth } from '../../../../../shared/faces/text-layout.ts'

const paint = createPaint(false)

/** One step a second, from second 0; a null counted nothing. */
function chart(shares: readonly (number | null)[]): IncidentChart {
  const points = shares.map(
    (share): RatePoint => (share === null ? { requests: 0, errors: 0 } : { requests: 100, errors: share }),
  )
  return {
    fromMs: 0,
    toMs: shares.length * 1_000,
    stepMs: 1_000,
    subject: { service: 'web', routes: [] },
    total: { name: 'web', points },
    versions: [],
    otherServices: [],
  }
}

function mark(second: number, label: string): Mark {
  return { atMs: second * 1_000, label, tone: 'change' }
}

const quiet = chart(Array.from({ length: 40 }, () => 0))

test('zero is at the bottom, the peak at the top, and missing requests are a gap', () => {
  expect(drawSparkline(chart([0, 0, 4, 8, 8, null, 2, 0]), 8)).toEqual({ text: '▁▁▅██ ▃▁', peak: 0.08 })
})

test('more steps than columns are added up, fewer are widened', () => {
  expect(drawSparkline(chart([0, 0, 10, 10]), 2).text).toBe('▁█')
  expect(drawSparkline(chart([0, 10]), 7).text).toBe('▁▁▁▁███')
})

test('no errors at all are a flat line', () => {
  expect(drawSparkline(chart([0, 0, 0]), 3)).toEqual({ text: '▁▁▁', peak: 0 })
})

test('marks too close for one line hang below each other', () => {
  const marks = [mark(10, 'deploy v42'), mark(11, 'first errors'), mark(30, 'undo')]
  expect(drawMarks(quiet, { marks, columns: 40, paint })).toEqual([
    '          ▲▲ first errors     ▲ undo',
    '          └ deploy v42',
  ])
})

test('two marks at one moment share an arrow', () => {
  const marks = [mark(10, 'deploy v42'), mark(10.2, 'first errors')]
  expect(drawMarks(quiet, { marks, columns: 40, paint })).toEqual([
    '          ▲ first errors',
    '          └ deploy v42',
  ])
})

test('a label at the right edge stands left of its arrow', () => {
  expect(drawMarks(quiet, { marks: [mark(37, 'rollback v41')], columns: 40, paint })).toEqual([
    '                        rollback v41 ▲',
  ])
})

test('a mark outside the chart is not drawn', () => {
  expect(drawMarks(quiet, { marks: [mark(99, 'later')], columns: 40, paint })).toEqual([])
})

test('whatever the marks, no line is longer than the chart', () => {
  const marks = fc.array(
    fc.record({ second: fc.integer({ min: -5, max: 45 }), label: fc.string({ unit: 'grapheme', maxLength: 60 }) }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(marks, (several) => {
      const drawn = drawMarks(quiet, { marks: several.map((one) => mark(one.second, one.label)), columns: 40, paint })
      for (const line of drawn) expect(textWidth(line)).toBeLessThanOrEqual(40)
    }),
  )
})
