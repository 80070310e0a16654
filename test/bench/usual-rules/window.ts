// Fills running sums and indexes typed arrays.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { ServiceCounts } from '../../worlds/draw-world.ts'

/** Requests and errors of the last `minutes` minutes, the given cell included. */
export type Window = (cell: number, minutes: number) => { readonly requests: number; readonly errors: number }

export function createWindow(counts: ServiceCounts): Window {
  const requests = runningSum(counts.requests)
  const errors = runningSum(counts.errors)
  return (cell, minutes) => {
    const from = Math.max(cell + 1 - (minutes * 60_000) / CELL_MS, 0)
    return { requests: between(requests, from, cell), errors: between(errors, from, cell) }
  }
}

function runningSum(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1)
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0)
  return sums
}

function between(sums: Float64Array, from: number, to: number): number {
  return (sums[to + 1] ?? 0) - (sums[from] ?? 0)
}

/** Share of errors in each whole step of `minutes`; a step without requests counts as 0. */
export function stepRates(counts: ServiceCounts, minutes: number): Float64Array {
  const window = createWindow(counts)
  const stepCells = (minutes * 60_000) / CELL_MS
  return Float64Array.from({ length: Math.floor(counts.requests.length / stepCells) }, (_, step) => {
    const { requests, errors } = window((step + 1) * stepCells - 1, minutes)
    return requests === 0 ? 0 : errors / requests
  })
}
