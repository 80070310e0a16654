/*
 * What a steady load does to a running `culprit start`: npm run bench:soak [-- --minutes 30] [--rate 10000]
 * Says how its memory grew once it was warm, how long a post took until its events were stored, and how late cells were
 * judged; fails when that is more than it should be, or not all was stored once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCulprit } from '../e2e/start-culprit.ts'
import { soak } from '../support/soak.ts'
import { readStoredCounts } from '../support/stored-counts.ts'

const GROWTH_BYTES_PER_MINUTE_MAX = 1e6
const ANSWER_MS_P99_MAX = 250
const LAG_SECONDS_MAX = 10

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '10000' } },
})
const load = { seconds: Number(values.minutes) * 60, eventsPerSecond: Number(values.rate) }
const folder = mkdtempSync(join(tmpdir(), 'bench-soak-'))
const culprit = await startCulprit(folder)
process.on('exit', () => {
  culprit.process.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
const onMinute = (minutes: number, bytes: number) => console.log(`${minutes} min: ${(bytes / 1e6).toFixed(0)} MB`)
const told = await soak({ address: culprit.address, pid: culprit.process.pid ?? 0 }, { ...load, onMinute })
culprit.process.kill('SIGTERM')
await culprit.ended
const { rows, cells } = await readStoredCounts(join(folder, 'data', 'store'))

const { acknowledged, refused, answerMs, warmBytes, endBytes, growthBytesPerMinute, lagSecondsMax } = told
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
console.log(
  `${load.eventsPerSecond} events a second for ${values.minutes} min: ${acknowledged} acknowledged, ${refused} posts refused`,
)
console.log(`stored ${rows} events, ${cells} in cells`)
console.log(
  `memory ${megabytes(warmBytes)} MB once warm, ${megabytes(endBytes)} MB at the end: ${megabytes(growthBytesPerMinute)} MB a minute`,
)
console.log(
  `a post until it was stored: p50 ${Math.round(answerMs.p50)}, p99 ${Math.round(answerMs.p99)}, at most ${Math.round(answerMs.max)} ms`,
)
console.log(`a sealed cell waited at most ${lagSecondsMax.toFixed(1)} s to be judged`)
const isKept =
  rows === acknowledged &&
  cells === acknowledged &&
  growthBytesPerMinute <= GROWTH_BYTES_PER_MINUTE_MAX &&
  answerMs.p99 <= ANSWER_MS_P99_MAX &&
  lagSecondsMax <= LAG_SECONDS_MAX
// The engine holds threads that do not end.
process.exit(isKept ? 0 : 1)
