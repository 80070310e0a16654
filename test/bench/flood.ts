/*
 * What a flood of random paths does to a running `culprit start`: npm run bench:flood [-- --paths 1000000]
 * A minute of ordinary requests, then as many to random paths within a minute, while a real route fails. Says whether the
 * routes stay bounded, every error is counted, the real route is told of, and how much the memory grew beyond what ordinary
 * traffic had made of it; fails when not.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCulprit } from '../e2e/start-culprit.ts'
import { flood } from '../support/flood.ts'
import { readStoredCounts } from '../support/stored-counts.ts'

const GROWTH_BYTES_MAX = 100e6
/** And those beyond, which are one. */
const ROUTES_MAX = 501

const { values } = parseArgs({ options: { paths: { type: 'string', default: '1000000' } } })
const folder = mkdtempSync(join(tmpdir(), 'bench-flood-'))
const culprit = await startCulprit(folder)
process.on('exit', () => {
  culprit.process.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
const pid = culprit.process.pid ?? 0
const told = await flood({ address: culprit.address, pid }, { paths: Number(values.paths), secondMs: 1_000 })
culprit.process.kill('SIGTERM')
await culprit.ended
const stored = await readStoredCounts(join(folder, 'data', 'store'))

const megabytes = (bytes: number) => Math.round(bytes / 1e6)
const growth = told.floodBytesMax - told.ordinaryBytesMax
const settledGrowth = told.settledBytes - told.ordinaryBytesMax
console.log(
  `${told.requests} requests, ${stored.rows} stored, ${stored.cells} in cells; server errors ${told.serverErrors}, ${stored.serverErrors} in cells`,
)
console.log(`${stored.routes} routes; the real one that failed was ${told.isFound ? 'told of' : 'missed'}`)
console.log(
  `memory: ordinary traffic at most ${megabytes(told.ordinaryBytesMax)} MB, the flood ${megabytes(told.floodBytesMax)} MB, ${megabytes(told.settledBytes)} MB after it`,
)
console.log(`growth ${megabytes(growth)} MB, ${megabytes(settledGrowth)} MB of it stayed`)
const isKept =
  stored.rows === told.requests &&
  stored.cells === told.requests &&
  stored.serverErrors === told.serverErrors &&
  stored.routes <= ROUTES_MAX &&
  told.isFound &&
  Math.max(growth, settledGrowth) <= GROWTH_BYTES_MAX
// The engine holds threads that do not end.
process.exit(isKept ? 0 : 1)
