/*
 * How fast events are stored by a running `culprit start`, with the broker on the same cores.
 * npm run bench:live -- [--events 4000000] [--only kafka|http]
 * Kafka to stored: canonical events wait in the topic, and a process of ingest takes them. HTTP to stored: several senders post
 * NDJSON to all services in one process, each post answered once it is stored. What is stored is counted afterwards.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { kafkaSchema } from '../../services/cli/kafka-config.ts'
import { createKafkaBus } from '../../shared/bus/kafka.ts'
import { TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { type StartedCulprit, startCulprit } from '../e2e/start-culprit.ts'
import { drawEventLine } from '../support/busy-traffic.ts'
import { startKafkaBroker } from '../support/kafka-broker.ts'
import { createPrng } from '../worlds/prng.ts'

const SENDERS = 4
const POST_BYTES = 4 * 1024 * 1024
const PREFIX = 'bench.'
/** Linux counts a process's time in these. */
const TICKS_A_SECOND = 100

await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { events: { type: 'string', default: '4000000' }, only: { type: 'string' } },
  })
  const events = Number(values.events)
  const folder = mkdtempSync(join(tmpdir(), 'bench-live-'))
  try {
    if (values.only !== 'http') await measureKafka(join(folder, 'kafka'), events)
    if (values.only !== 'kafka') await measureHttp(join(folder, 'http'), events)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureKafka(folder: string, events: number): Promise<void> {
  mkdirSync(folder)
  const broker = await startKafkaBroker()
  const log = createLog({ level: 'silent', write: () => {} })
  const connection = { brokers: [broker.address], clientId: 'bench', sessionMs: 10_000 }
  const bus = createKafkaBus(
    { log, onFailure: fail },
    {
      ...{ connection, prefix: PREFIX, compression: 'none', replicationFactor: 1, pendingBytesMax: 2 ** 28 },
      partitions: kafkaSchema.parse({}).partitions,
    },
  )
  let published = 0
  for (const { lines, count } of bodies(events, await bus.messageBytesMax('access-events'))) {
    await bus.publish('access-events', [
      { key: `${published}`, value: lines, headers: { [TOKEN_HEADER]: `${published}` } },
    ])
    published += count
  }
  const culprit = await startCulprit(folder, {
    args: ['--only', 'ingest'],
    environment: {
      ...{ CULPRIT_BUS: 'kafka', CULPRIT_KAFKA__BROKERS: `['${broker.address}']`, CULPRIT_KAFKA__PREFIX: PREFIX },
      CULPRIT_DATA_DIRECTORY: folder,
    },
  })
  process.on('exit', () => culprit.process.kill('SIGKILL'))
  const [startedAtMs, before] = [performance.now(), threadsOf(culprit)]
  while ((await bus.lag('access-events', 'ingest')) > 0) await after(100)
  const tookMs = performance.now() - startedAtMs
  report({ what: 'Kafka to stored', events: published, tookMs, before, after: threadsOf(culprit) })
  await bus.close()
  await finish(culprit, folder, published)
  await broker.stop()
}

async function measureHttp(folder: string, events: number): Promise<void> {
  mkdirSync(folder)
  const culprit = await startCulprit(folder, { environment: { CULPRIT_DATA_DIRECTORY: folder } })
  process.on('exit', () => culprit.process.kill('SIGKILL'))
  const posts = [...bodies(events, POST_BYTES)]
  let stored = 0
  const [startedAtMs, before] = [performance.now(), threadsOf(culprit)]
  const send = async () => {
    for (let next = posts.pop(); next !== undefined; next = posts.pop()) {
      const response = await fetch(`${culprit.address}/api/v1/events?format=ndjson`, {
        method: 'POST',
        body: next.lines,
      })
      if (response.status !== 202) throw new Error(`answered ${response.status}: ${await response.text()}`)
      await response.arrayBuffer()
      stored += next.count
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  const tookMs = performance.now() - startedAtMs
  report({ what: 'HTTP NDJSON to stored', events: stored, tookMs, before, after: threadsOf(culprit) })
  await finish(culprit, folder, stored)
}

/** Events of a dozen services as NDJSON, cut at about `bytes`. */
function* bodies(events: number, bytes: number): Generator<{ lines: Uint8Array<ArrayBuffer>; count: number }> {
  const prng = createPrng('bench live')
  const firstMs = Date.now() - 3_600_000
  let lines: string[] = []
  let size = 0
  for (let i = 0; i < events; i++) {
    const line = drawEventLine(prng, new Date(firstMs + Math.floor((i * 3_000_000) / events)).toISOString())
    lines.push(line)
    size += line.length
    if (size < bytes - 400 && i < events - 1) continue
    yield { lines: new Uint8Array(Buffer.from(lines.join(''))), count: lines.length }
    lines = []
    size = 0
  }
}

interface Run {
  readonly what: string
  readonly events: number
  readonly tookMs: number
  readonly before: readonly Thread[]
  readonly after: readonly Thread[]
}

/** Of the process that stores; V8's and the parsers' threads are all called node. */
interface Thread {
  readonly id: number
  readonly name: string
  /** User and system time since it began. */
  readonly cpuSeconds: number
}

/** How fast it was, and where the process's time went, the most first. */
function report({ what, events, tookMs, before, after }: Run): void {
  const say = (rate: number) => Math.round(rate).toLocaleString('en')
  const spent = after.map((thread) => {
    const earlier = before.find(({ id }) => id === thread.id)?.cpuSeconds ?? 0
    return { ...thread, cpuSeconds: thread.cpuSeconds - earlier }
  })
  const cpuSeconds = spent.reduce((total, thread) => total + thread.cpuSeconds, 0)
  const perEvent = (seconds: number) => (seconds / events) * 1e6
  console.log(
    `${what}: ${say(events)} events in ${(tookMs / 1000).toFixed(1)} s, ${say(events / (tookMs / 1000))} a second; ` +
      `${cpuSeconds.toFixed(1)} s of CPU (${(cpuSeconds / (tookMs / 1000)).toFixed(2)} of ${availableParallelism()} cores), ` +
      `${perEvent(cpuSeconds).toFixed(1)} µs an event`,
  )
  const listed = spent.filter((thread) => perEvent(thread.cpuSeconds) >= 0.05)
  listed.sort((a, b) => b.cpuSeconds - a.cpuSeconds)
  console.log(
    `  ${listed.map((thread) => `${thread.name} ${perEvent(thread.cpuSeconds).toFixed(2)}`).join(', ')} µs an event`,
  )
}

function threadsOf({ process: { pid } }: StartedCulprit): Thread[] {
  return readdirSync(`/proc/${pid}/task`).map((id) => {
    const [before = '', after = ''] = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8').split(') ')
    const fields = after.split(' ')
    const name = Number(id) === pid ? 'main thread' : before.replace(/^\d+ \(/, '')
    return { id: Number(id), name, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND }
  })
}

/** What was acknowledged must be there, in rows and in cells. */
async function finish(culprit: StartedCulprit, folder: string, expected: number): Promise<void> {
  culprit.process.kill('SIGTERM')
  await culprit.ended
  const store = await openEmbeddedStore({ path: join(folder, 'store') })
  for (const sql of ['SELECT count() AS n FROM access_events', 'SELECT sum(requests) AS n FROM cells_10s']) {
    const [row] = await store.query(z.object({ n: z.coerce.number() }), sql)
    if (row?.n !== expected) throw new Error(`${sql}: ${row?.n} of ${expected}`)
  }
  await store.close()
}

function fail(error: Error): void {
  throw error
}
