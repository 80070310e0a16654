import { z } from 'zod'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Store, StoreTable } from '../../../shared/store/store.ts'
import { SETTINGS } from './cell-queries.ts'
import { keepAnswers } from './keep-answers.ts'

interface FindingsDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

/** Gives what is kept under the key, or else reads it. */
export type KeepFindings<Answer> = (key: string, read: () => Promise<Answer>) => Promise<Answer>

/** One may be a page of five hundred incidents. */
const ANSWERS_MAX = 20

/**
 * Keeps answers that are made of these tables, which are small, for as long as nothing was stored in them: whoever stored
 * something is answered with it. What cells say may be in it too, and is as old as a cell at most.
 */
export function keepFindings<Answer>(
  { query, nowMs }: FindingsDeps,
  tables: readonly StoreTable[],
): KeepFindings<Answer> {
  const keep = keepAnswers<Answer>({ nowMs, freshMs: CELL_MS / 2, keptMs: CELL_MS, answersMax: ANSWERS_MAX })
  const stored = tables.map(
    (table) => `SELECT count() AS rows, sum(toUnixTimestamp64Milli(updated_at)) AS times FROM ${table}`,
  )
  const sql = `SELECT sum(rows) AS rows, sum(times) AS times FROM (${stored.join(' UNION ALL ')}) ${SETTINGS}`
  return async (key, read) => keep(JSON.stringify([await query(markRow, sql), key]), read)
}

/** Moves with every row; the engine forgets those that were replaced when it likes, which only reads once more. */
const markRow = z.object({ rows: z.coerce.number(), times: z.coerce.string() })
