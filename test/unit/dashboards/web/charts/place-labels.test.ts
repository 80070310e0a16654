import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeLabels } from '../../../../../dashboards/web/src/charts/place-labels.ts'

test('labels that fit beside each other share a row, others stand above', () => {
  expect(
    placeLabels(
      [
        { x: 11, width: 50 },
        { x: 101, width: 50 },
      ],
      400,
    ),
  ).toEqual([
    { left: 10, row: 0 },
    { left: 100, row: 0 },
  ])
  const near = placeLabels(
    [
      { x: 11, width: 50 },
      { x: 21, width: 50 },
    ],
    400,
  )
  expect(near.map(({ row }) => row)).toEqual([0, 1])
})

test('no label covers another, however many there are and wherever they want to be', () => {
  const wish = fc.record({ x: fc.integer({ min: 0, max: 600 }), width: fc.integer({ min: 1, max: 240 }) })
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 12 }), (wishes) => {
      const places = placeLabels(wishes, 600)
      for (const [one, place] of places.entries())
        for (const [other, next] of places.entries()) {
          if (one >= other || place.row !== next.row) continue
          const [ends, nextEnds] = [place.left + (wishes[one]?.width ?? 0), next.left + (wishes[other]?.width ?? 0)]
          expect(ends <= next.left || nextEnds <= place.left).toBe(true)
        }
    }),
  )
})
