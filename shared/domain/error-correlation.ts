interface TimedCounts {
  readonly startMs: number
  readonly requests: number
  readonly errors: number
}

const CORRELATION_MAX = 0.05
const CELLS_MIN = 20
const ERRORS_MIN = 10

/**
 * How bursty errors are when nothing is wrong: the correlation of requests within a cell, so that n of them count as
 * n / (1 + (n - 1) · correlation). From Pearson residuals (McCullagh and Nelder 1989, 4.5); 0 where too little was seen.
 */
export function estimateCorrelation(cells: readonly TimedCounts[]): number {
  const byStart = new Map<number, { requests: number; errors: number }>()
  for (const { startMs, requests, errors } of cells) {
    const sum = byStart.get(startMs) ?? { requests: 0, errors: 0 }
    byStart.set(startMs, { requests: sum.requests + requests, errors: sum.errors + errors })
  }
  const totals = [...byStart.values()]
  const requests = totals.reduce((total, cell) => total + cell.requests, 0)
  const errors = totals.reduce((total, cell) => total + cell.errors, 0)
  if (totals.length < CELLS_MIN || errors < ERRORS_MIN || errors === requests) return 0
  const rate = errors / requests
  const residuals = totals.map((cell) => {
    return (cell.errors - cell.requests * rate) ** 2 / (cell.requests * rate * (1 - rate))
  })
  const dispersion = residuals.reduce((total, residual) => total + residual, 0) / (totals.length - 1)
  const meanRequests = requests / totals.length
  if (meanRequests <= 1) return 0
  return Math.min(Math.max((dispersion - 1) / (meanRequests - 1), 0), CORRELATION_MAX)
}
