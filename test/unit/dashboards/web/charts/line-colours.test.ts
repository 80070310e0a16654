import { expect, test } from 'vitest'
import { lineColours } from '../../../../../dashboards/web/src/charts/line-colours.ts'

test('a version has the same colour on every chart, whatever order it comes in', () => {
  expect(lineColours(['v42', 'v41'])).toEqual(lineColours(['v41', 'v42']))
})

test('no two of six names share a colour, and the names beyond are grey', () => {
  const names = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']
  const colours = [...lineColours(names).values()]
  expect(new Set(colours.slice(0, 6)).size).toBe(6)
  expect(colours[6]).toBe('soft')
})
