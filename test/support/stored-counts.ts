import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'

const countsSchema = z.object({
  /** Requests, counted in rows and in cells. */
  rows: z.coerce.number(),
  cells: z.coerce.number(),
  /** Of the requests in cells, those that ended in 5xx. */
  serverErrors: z.coerce.number(),
  /** Routes of the service that has most. */
  routes: z.coerce.number(),
})

/** What a store holds that nobody has open. */
export async function readStoredCounts(path: string): Promise<z.infer<typeof countsSchema>> {
  const store = await openEmbeddedStore({ path })
  const [counts] = await store.query(
    countsSchema,
    `SELECT (SELECT sum(count) FROM access_events) AS rows, sum(requests) AS cells, sumIf(requests, status >= 500) AS serverErrors,
       (SELECT max(n) FROM (SELECT uniqExact(route) AS n FROM cells_10s GROUP BY service)) AS routes FROM cells_10s`,
  )
  await store.close()
  if (counts === undefined) throw new Error('the store told nothing')
  return counts
}
