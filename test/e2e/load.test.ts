import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flood } from '../support/flood.ts'
import { soak } from '../support/soak.ts'
import { readStoredCounts } from '../support/stored-counts.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

// The long forms are `npm run bench:flood` and `npm run bench:soak`.
const PATHS = 100_000
const GROWTH_BYTES_MAX = 100e6
const ROUTES_MAX = 501
const LOAD = { seconds: 10, eventsPerSecond: 10_000 }
/** Posts, of a hundred: with room for a machine that does other things, too. */
const REFUSED_MAX = 10
const ANSWER_MS_P99_MAX = 5_000
const LAG_SECONDS_MAX = 20

let directory: string
let culprit: StartedCulprit

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-load-'))
  culprit = await startCulprit(directory, { environment: { CULPRIT_LOG_LEVEL: 'silent' } })
}, 60_000)

afterAll(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

test('a flood of random paths takes little memory and hides no failing route; under ten thousand events a second each is stored once and judged in time', {
  timeout: 300_000,
}, async () => {
  const server = { address: culprit.address, pid: culprit.process.pid ?? 0 }
  const flooded = await flood(server, { paths: PATHS, secondMs: 20 })
  expect(flooded.settledBytes - flooded.ordinaryBytesMax).toBeLessThan(GROWTH_BYTES_MAX)
  expect(flooded.isFound).toBe(true)
  const soaked = await soak(server, LOAD)
  expect(soaked.refused).toBeLessThanOrEqual(REFUSED_MAX)
  expect(soaked.answerMs.p99).toBeLessThan(ANSWER_MS_P99_MAX)
  expect(soaked.lagSecondsMax).toBeLessThan(LAG_SECONDS_MAX)
  culprit.process.kill('SIGTERM')
  await culprit.ended
  const { routes, ...stored } = await readStoredCounts(join(directory, 'data', 'store'))
  const requests = flooded.requests + soaked.acknowledged
  const serverErrors = flooded.serverErrors + soaked.serverErrors
  expect(stored).toEqual({ rows: requests, cells: requests, serverErrors })
  expect(routes).toBeLessThanOrEqual(ROUTES_MAX)
})
