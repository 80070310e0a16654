/*
 * How many events a second each format is read at, as a share of combined's: those of its fixture, over and over; of OTLP also
 * in requests over HTTP of 512 records and more, beside combined in such bodies.
 * npm run bench:formats [-- --lines 50000 --only otlp,gcp]. Fails if a format is slower than a fifth of combined; the user's
 * own patterns, which run in linear time, excepted.
 *
 * `alone` decides: each format has a process of its own, as a log has where one is replayed, and so has combined. What the
 * compiler learns of one format then slows no other down, and the order in which they are measured does not count. `together`
 * is the same in one process that reads all formats in turns, which is harder than any that collects logs.
 *
 * Combined takes a turn beside every pass of every format, so that both see the same machine, and what counts is the median of
 * the passes' shares. Time is the processor's, of all threads of a process: collecting garbage and compiling count, waiting
 * for other programs does not. Runs what the build made, as production does.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type * as OtlpBody from '../../services/ingest/core/otlp-body.ts'
import type { OtlpEncoding } from '../../services/ingest/core/otlp-request.ts'
import { type Fixture, readFixtures } from '../support/format-fixtures.ts'
import { encodeOtlpRequest, type OtlpLogsRequest } from '../support/otlp-protobuf.ts'
import { cutBlocks, importBuilt, openBuiltParser, POSITION } from './read-blocks.ts'
import { quantile } from './statistics.ts'
import { renderTable } from './text-table.ts'

const WARMING_PASSES = 6
const PASSES = 9
/** Of combined's events a second. */
const LEAST_SHARE = 0.2
const COMBINED = 'combined'
/** The same in bodies of as many lines as those of OTLP have records: few lines at once cost more each. */
const COMBINED_BODIES = 'combined-http'
const OTLP = 'otlp'
/** As exporters of OpenTelemetry's SDKs batch by default. */
const BATCH_RECORDS = 512
/** Bodies of requests. */
const REQUESTS: ReadonlyMap<string, OtlpEncoding> = new Map([
  ['otlp-http-json', 'json'],
  ['otlp-http-protobuf', 'protobuf'],
])

/** One reading of a fixture's log of `lines` lines. */
interface Asked {
  readonly name: string
  readonly lines: number
}

interface Pass {
  /** A line of OTLP holds several. */
  readonly events: number
  readonly bytes: number
  readonly cpuUs: number
}

/** Reads a log and says how many events it held. */
interface Log {
  readonly bytes: number
  read(): number
}

/** In a process of its own: reads logs when asked to, each with a parser that stays. */
function answer(): void {
  const logs = new Map<string, Log>()
  process.on('message', async (asked: Asked) => {
    const log = logs.get(asked.name) ?? (await openLog(asked))
    logs.set(asked.name, log)
    process.send?.(readOnce(asked.name, log))
  })
}

async function openLog({ name, lines }: Asked): Promise<Log> {
  const encoding = REQUESTS.get(name)
  if (encoding !== undefined) return openRequests(await goodLines(OTLP), encoding, lines)
  const isInBodies = name === COMBINED_BODIES
  const format = isInBodies ? COMBINED : name
  const good = await goodLines(format)
  const repeat = (atLeast: number) =>
    Buffer.concat(Array.from({ length: Math.ceil(atLeast / good.length) }, () => good).flat())
  const bodies = Array.from({ length: Math.ceil(lines / BATCH_RECORDS) }, () => repeat(BATCH_RECORDS))
  const blocks = isInBodies ? bodies : cutBlocks(repeat(lines))
  const parser = await openBuiltParser(fixtureOf(format).spec)
  return {
    bytes: blocks.reduce((sum, { length }) => sum + length, 0),
    read: () => blocks.reduce((sum, bytes) => sum + parser.parse(bytes, POSITION).parsed, 0),
  }
}

/** Those of its fixture that are events. */
async function goodLines(name: string): Promise<Buffer[]> {
  const fixture = fixtureOf(name)
  const rejected = new Set(fixture.rejects.map(({ line }) => line))
  const parser = await openBuiltParser(fixture.spec)
  // A line of OTLP is many records, whose rejects are numbered.
  function isGood(line: Buffer, i: number): boolean {
    if (name !== OTLP) return !rejected.has(i + 1)
    const block = parser.parse(line, POSITION)
    return block.parsed > 0 && block.rejected === 0
  }
  return splitLines(fixture.log).filter(isGood)
}

async function openRequests(good: readonly Buffer[], encoding: OtlpEncoding, lines: number): Promise<Log> {
  const { createOtlpBodyReader } = (await importBuilt('core/otlp-body')) as typeof OtlpBody
  const readBody = createOtlpBodyReader()
  const parsers = { otlp: await openBuiltParser({ name: 'otlp' }), ndjson: await openBuiltParser({ name: 'ndjson' }) }
  const request = batchOf(good)
  const body = encoding === 'json' ? Buffer.from(JSON.stringify(request)) : encodeOtlpRequest(request)
  const times = Math.ceil(lines / BATCH_RECORDS)
  function readRequest(): number {
    const read = readBody(body, encoding)
    if (read.kind === 'malformed') throw new Error(read.because)
    return parsers[read.format].parse(read.lines, POSITION).parsed
  }
  return {
    bytes: times * body.length,
    read: () => Array.from({ length: times }, readRequest).reduce((sum, events) => sum + events, 0),
  }
}

/** Under each resource the records that it has, as exporters batch them. */
function batchOf(good: readonly Buffer[]): OtlpLogsRequest {
  const all = good.flatMap((line): OtlpLogsRequest['resourceLogs'] => JSON.parse(line.toString()).resourceLogs)
  const times = Math.ceil(BATCH_RECORDS / good.length)
  const resources = new Set(all.map(({ resource }) => JSON.stringify(resource)))
  const resourceLogs = Array.from(resources, (json) => {
    const same = all.filter(({ resource }) => JSON.stringify(resource) === json)
    const logRecords = same.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap((scope) => scope.logRecords ?? []))
    return { ...same[0], scopeLogs: [{ logRecords: Array.from({ length: times }, () => logRecords).flat() }] }
  })
  return { resourceLogs }
}

function readOnce(name: string, { bytes, read }: Log): Pass {
  const before = process.cpuUsage()
  const events = read()
  const { user, system } = process.cpuUsage(before)
  if (events === 0) throw new Error(`${name}: no events`)
  return { events, bytes, cpuUs: user + system }
}

/** With their line ends. */
function splitLines(log: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < log.length; ) {
    const newline = log.indexOf(0x0a, start)
    const end = newline === -1 ? log.length : newline + 1
    lines.push(log.subarray(start, end))
    start = end
  }
  return lines
}

type Reader = (asked: Asked) => Promise<Pass>

interface Process {
  readonly read: Reader
  stop(): void
}

function startProcess(): Process {
  const child = fork(fileURLToPath(import.meta.url), { execArgv: ['--import', 'tsx'] })
  let isWanted = true
  child.on('exit', () => {
    if (isWanted) throw new Error('a process that was to read ended')
  })
  return {
    async read(asked) {
      child.send(asked)
      const [pass] = await once(child, 'message')
      return pass
    },
    stop() {
      isWanted = false
      child.kill()
    },
  }
}

interface Speed {
  readonly share: number
  readonly usPerEvent: number
  readonly bytesPerEvent: number
}

/** Its passes and combined's take turns. */
async function compare(name: string, lines: number, readers: { own: Reader; combined: Reader }): Promise<Speed> {
  const shares: number[] = []
  const times: number[] = []
  let bytesPerEvent = 0
  for (let pass = -WARMING_PASSES; pass < PASSES; pass++) {
    const combined = await readers.combined({ name: REQUESTS.has(name) ? COMBINED_BODIES : COMBINED, lines })
    const own = await readers.own({ name, lines })
    if (pass < 0) continue
    const usPerEvent = own.cpuUs / own.events
    times.push(usPerEvent)
    shares.push(combined.cpuUs / combined.events / usPerEvent)
    bytesPerEvent = own.bytes / own.events
  }
  return { share: quantile(shares, 0.5), usPerEvent: quantile(times, 0.5), bytesPerEvent }
}

async function main(names: readonly string[], lines: number): Promise<void> {
  const together = startProcess()
  const combined = startProcess()
  // One that reads all formats knows them all before any is measured.
  for (const name of names) await together.read({ name, lines })
  const rows: string[][] = []
  const slow: string[] = []
  for (const name of names) {
    const own = startProcess()
    const alone = await compare(name, lines, { own: own.read, combined: combined.read })
    own.stop()
    const among = await compare(name, lines, { own: together.read, combined: together.read })
    const isPattern = !REQUESTS.has(name) && fixtureOf(name).spec.name === 'pattern'
    if (alone.share < LEAST_SHARE && !isPattern) slow.push(name)
    rows.push([
      name,
      alone.bytesPerEvent.toFixed(0),
      alone.usPerEvent.toFixed(2),
      alone.share.toFixed(2),
      among.usPerEvent.toFixed(2),
      among.share.toFixed(2),
    ])
  }
  for (const { stop } of [together, combined]) stop()
  console.log(renderTable(['format', 'bytes', 'alone µs', 'of combined', 'together µs', 'of combined'], rows))
  if (slow.length > 0) throw new Error(`slower than a fifth of combined: ${slow.join(', ')}`)
}

function fixtureOf(name: string): Fixture {
  const fixture = readFixtures().find((one) => one.name === name)
  if (fixture === undefined) throw new Error(`there is no fixture ${name}`)
  return fixture
}

if (process.send === undefined) {
  const { values } = parseArgs({ options: { lines: { type: 'string', default: '50000' }, only: { type: 'string' } } })
  const all = [...readFixtures().map(({ name }) => name), ...REQUESTS.keys()]
  const only = values.only?.split(',') ?? all
  await main(
    all.filter((name) => only.includes(name)),
    Number(values.lines),
  )
} else {
  answer()
}
