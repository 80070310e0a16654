import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ingestConfig } from '../../../../services/ingest/config.ts'
import { loadLogs } from '../../../../services/ingest/service.ts'
import { openEmbeddedStore } from '../../../../shared/store/chdb.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { floodLog, inPieces } from '../../../support/flood-log.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-flood-'))
  store = await openEmbeddedStore({ path: join(directory, 'store') })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const countSchema = z.object({ route: z.string(), errors: z.coerce.number(), total: z.coerce.number() })

test('a minute of 100,000 random paths ends in __other__: every error is counted, and the real route apart', async () => {
  const { lines, serverErrors } = floodLog('random', 100_000)
  const deps = {
    insertNative: store.insertNative,
    insertRows: store.insertRows,
    stdin: Readable.from([...inPieces(lines)].map((piece) => Buffer.from(piece))),
    nowMs: () => 0,
  }
  const config = ingestConfig.parse({ workers: 1 })
  const summary = await loadLogs(deps, { files: ['-'], format: 'auto', env: 'prod', config })
  const routes = await store.query(
    countSchema,
    'SELECT route, sumIf(requests, status >= 500) AS errors, sum(requests) AS total FROM cells_10s GROUP BY route',
  )
  expect(routes.length).toBeLessThanOrEqual(config.max_routes_per_service + 1)
  const sumOf = (pick: (row: (typeof routes)[number]) => number) => routes.reduce((sum, row) => sum + pick(row), 0)
  expect(sumOf(({ total }) => total)).toBe(summary.lines)
  expect(sumOf(({ errors }) => errors)).toBe(serverErrors)
  expect(routes).toContainEqual({ route: '/checkout', errors: 900, total: 39_000 })
})
