/*
 * What a flood of random paths does: npm run bench:flood [-- --paths 1000000]
 * A minute of random paths, a real route failing within it, against as many ordinary requests. Says whether the routes stay
 * bounded, the errors exact, the spike found and the memory small; fails when not.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { floodLog, inPieces } from '../support/flood-log.ts'

const MAIN = fileURLToPath(new URL('../../dist/services/cli/bin.cjs', import.meta.url))
const GROWTH_BYTES_MAX = 100e6
/** Services as a whole have one each, and methods their own. */
const SERIES_MAX = 510
const POLL_MS = 50

const documentSchema = z.object({
  summary: z.object({ events: z.number(), series: z.number() }),
  incidents: z.array(z.object({ affected: z.array(z.object({ route: z.string().nullable() })) })),
})

interface Outcome {
  readonly bytesMax: number
  readonly seconds: number
  readonly series: number
  readonly isFound: boolean
}

async function replay(kind: 'random' | 'ordinary', paths: number): Promise<Outcome> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [MAIN, 'replay', '-', '--json'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let bytesMax = 0
  const poll = setInterval(() => {
    bytesMax = Math.max(bytesMax, residentBytesMax(child.pid))
  }, POLL_MS)
  const output: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => output.push(piece))
  const closed = new Promise((resolve) => child.once('close', resolve))
  await pipeline(Readable.from(inPieces(floodLog(kind, paths).lines)), child.stdin)
  await closed
  clearInterval(poll)
  const { summary, incidents } = documentSchema.parse(JSON.parse(Buffer.concat(output).toString()))
  return {
    bytesMax,
    seconds: (performance.now() - startedMs) / 1_000,
    series: summary.series,
    isFound: incidents.some(({ affected }) => affected.some(({ route }) => route === '/checkout')),
  }
}

/** Linux only; 0 once the process is gone. */
function residentBytesMax(pid: number | undefined): number {
  try {
    const [, kibibytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1_024
  } catch {
    return 0
  }
}

const { values } = parseArgs({ options: { paths: { type: 'string', default: '1000000' } } })
const paths = Number(values.paths)
const ordinary = await replay('ordinary', paths)
const random = await replay('random', paths)
for (const [name, { bytesMax, seconds, series, isFound }] of Object.entries({ ordinary, random }))
  console.log(
    `${name}: ${Math.round(bytesMax / 1e6)} MB, ${seconds.toFixed(1)} s, ${series} series, spike on the real route ${isFound ? 'found' : 'missed'}`,
  )
const growth = random.bytesMax - ordinary.bytesMax
console.log(`growth ${Math.round(growth / 1e6)} MB`)
if (growth > GROWTH_BYTES_MAX || random.series > SERIES_MAX || !random.isFound) process.exitCode = 1
