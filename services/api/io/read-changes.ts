import { z } from 'zod'
import { changeViewSchema } from '../core/change-view.ts'
import { type OutcomeDeps, readOutcomes } from './read-outcomes.ts'

export type ChangeView = z.infer<typeof changeViewSchema>

const documentSchema = changeViewSchema.omit({ outcome: true })

/** What `changeRow` reads of `changes`. */
export const CHANGE_COLUMNS = `id, toString(env) AS change_env, toString(service) AS change_service,
  toUnixTimestamp64Milli(ts) AS at_ms, toUnixTimestamp64Milli(coalesce(finished_at, ts)) AS end_ms, document`

export const changeRow = z
  .object({
    id: z.string(),
    change_env: z.string(),
    change_service: z.string(),
    at_ms: z.coerce.number(),
    end_ms: z.coerce.number(),
    document: z.string(),
  })
  .transform(({ id, change_env: env, change_service: service, at_ms: atMs, end_ms: endMs, document }) => {
    return { id, env, service, atMs, endMs, document: documentSchema.parse(JSON.parse(document)) }
  })
type ChangeRow = z.infer<typeof changeRow>

/** The changes as they are answered. */
export async function withOutcomes(
  deps: OutcomeDeps,
  rows: readonly ChangeRow[],
  blameAt: number,
): Promise<{ id: string; atMs: number; item: ChangeView }[]> {
  const made = rows.map(({ atMs, endMs, ...row }) => ({ ...row, startedAtMs: atMs, finishedAtMs: endMs }))
  const outcomes = await readOutcomes(deps, made, blameAt)
  return rows.flatMap(({ id, atMs, document }, at) => {
    const outcome = outcomes[at]
    return outcome === undefined ? [] : [{ id, atMs, item: { ...document, outcome } }]
  })
}
