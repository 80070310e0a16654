/*
 * What people wait for in front of a large store: the calls that each page makes of the API, and the first view in a browser.
 * npm run bench:api -- [--cells 50000000] [--rounds 100] [--directory D]
 * Fills a store with so many cells of 120 services, 10,000 changes and 400 incidents, starts the product over it, and sends it
 * events at the pace of those services meanwhile. A directory that is given is kept, and only brought up to date when it is
 * filled already. It says of each figure whether it is what is asked for, and ends with 1 when one is not.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { type StartedCulprit, startCulprit } from '../e2e/start-culprit.ts'
import { startChromium } from '../support/chromium.ts'
import { BROKEN_SERVICE, fillStore, SERIES } from './fill-store.ts'
import { quantile } from './statistics.ts'
import { renderTable } from './text-table.ts'

const CELL_MS = 10_000
const CLOCK_TICK_MS = 10
const HOUR_MS = 3_600_000
const BEHIND_S_MAX = 60
const CALL_MS_MAX = 150
const VIEW_MS_MAX = 1_000
const INGEST_MS_MAX = 50
/** The detector judges every ten seconds; no reader may make it miss one. */
const LATE_S_MAX = 10
const VIEWS = 8
/** Many viewers are one client here. */
const NO_LIMIT = '1000000'
const POSTS = 200
const POST_EVERY_MS = 50
const POSTED = Array.from({ length: 100 }, (_, at) => {
  return JSON.stringify({ ts: Date.now(), service: 'posted', method: 'GET', route: `/r${at % 10}`, status: 200 })
}).join('\n')

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '50000000' },
    rounds: { type: 'string', default: '100' },
    directory: { type: 'string' },
  },
})

async function main(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true })
  await fill(join(directory, 'store'))
  const environment = { CULPRIT_DATA_DIRECTORY: directory, CULPRIT_LISTEN__REQUESTS_PER_MINUTE: NO_LIMIT }
  const culprit = await startCulprit(directory, { environment })
  process.on('exit', () => culprit.process.kill('SIGKILL'))
  const { address } = culprit
  const end = new AbortController()
  const sending = sendOn(address, end.signal)
  await isJudged(address)
  await measureCalls(culprit, Number(values.rounds))
  await measureViews(address)
  await measureIngest(address)
  end.abort()
  await sending
  culprit.process.kill('SIGTERM')
  await culprit.ended
  if (values.directory === undefined) rmSync(directory, { recursive: true, force: true })
}

async function fill(path: string): Promise<void> {
  const startedMs = performance.now()
  const store = await openEmbeddedStore({ path })
  const settings = { cells: Number(values.cells) }
  await fillStore(store, { ...settings, untilMs: Date.now() })
  // What that took in time is missing at the end.
  await fillStore(store, { ...settings, untilMs: Date.now() })
  const [row] = await store.query(
    z.object({ cells: z.coerce.number(), changes: z.coerce.number(), incidents: z.coerce.number() }),
    `SELECT (SELECT count() FROM cells_10s) + (SELECT count() FROM cells_1m) AS cells,
       (SELECT count() FROM changes) AS changes, (SELECT count() FROM incidents) AS incidents`,
  )
  await store.close()
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0)
  console.log(`${JSON.stringify(row)} of ${SERIES.length} series, filled in ${seconds} s`)
}

/** Posts the events of every ten seconds once they are over. */
async function sendOn(address: string, signal: AbortSignal): Promise<void> {
  let cell = Math.floor(Date.now() / CELL_MS)
  while (!signal.aborted) {
    await after(500, undefined, { ref: false })
    if (Math.floor(Date.now() / CELL_MS) <= cell) continue
    await post(address, eventsOf(cell))
    cell += 1
  }
}

function eventsOf(cell: number): string {
  const lines = SERIES.flatMap(({ rate, ...of }) => {
    const event = { ...of, ts: cell * CELL_MS, version: 'now', count: Math.max(Math.round(rate * 10), 1) }
    const isBroken = of.service === BROKEN_SERVICE
    return [{ ...event, status: 200 }, ...(isBroken ? [{ ...event, status: 500, count: Math.ceil(rate) }] : [])]
  })
  return lines.map((line) => JSON.stringify(line)).join('\n')
}

async function post(address: string, body: string): Promise<void> {
  const response = await fetch(`${address}/api/v1/events?format=ndjson`, { method: 'POST', body })
  if (response.status !== 202) throw new Error(`answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}

async function ask(url: string): Promise<Response> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response
}

const statusSchema = z.object({ judged_behind_s: z.number().nullable(), judged_until: z.string().nullable() })

async function readJudged(address: string): Promise<{ readonly behindS: number; readonly untilMs: number }> {
  const { judged_behind_s, judged_until } = statusSchema.parse(await (await ask(`${address}/api/v1/status`)).json())
  return { behindS: judged_behind_s ?? Number.POSITIVE_INFINITY, untilMs: Date.parse(judged_until ?? '') }
}

async function isJudged(address: string): Promise<void> {
  const startedAtMs = Date.now()
  // What the fill says was judged is no word of the detector that was started over it.
  for (;;) {
    const { behindS, untilMs } = await readJudged(address)
    if (behindS <= BEHIND_S_MAX && untilMs > startedAtMs) break
    await after(1_000)
  }
  console.log(`judged up to now ${((Date.now() - startedAtMs) / 1_000).toFixed(0)} s after its start`)
}

const listSchema = z.object({ items: z.array(z.object({ id: z.string() })) })

/** The one that is open. */
async function readIncident(address: string): Promise<string> {
  const answer = await ask(`${address}/api/v1/incidents?service=${BROKEN_SERVICE}`)
  return listSchema.parse(await answer.json()).items[0]?.id ?? ''
}

/** The calls of each page, as it makes them: all at once. */
async function pagesOf(address: string): Promise<Record<string, (() => string)[]>> {
  const id = await readIncident(address)
  const service = `/api/v1/services/${BROKEN_SERVICE}`
  const over = (ms: number, more: string) => () => {
    const to = Math.floor(Date.now() / CELL_MS) * CELL_MS
    const step = Math.max(10, Math.ceil(ms / 180 / CELL_MS) * 10)
    const at = (atMs: number) => new Date(atMs).toISOString()
    return `${service}/timeseries?env=prod&from=${at(to - ms)}&to=${at(to)}&step=${step}s&${more}`
  }
  const is = (path: string) => () => path
  const around = `/api/v1/changes?from=${new Date(Date.now() - 6 * HOUR_MS).toISOString()}&limit=200`
  const changes = is(`/api/v1/changes?service=${BROKEN_SERVICE}&env=prod`)
  const incidents = is(`/api/v1/incidents?service=${BROKEN_SERVICE}&env=prod`)
  return {
    Now: [
      is('/api/v1/incidents?state=open,acknowledged'),
      is('/api/v1/incidents?state=resolved&limit=20'),
      is('/api/v1/services'),
    ],
    Incident: [is(`/api/v1/incidents/${id}`), is(around), over(HOUR_MS, 'group_by=version')],
    'Incident, evidence': [is(`/api/v1/incidents/${id}/evidence/0`)],
    Changes: [is('/api/v1/changes'), is('/api/v1/changes/record')],
    Service: [is(`${service}?env=prod`), changes, incidents, over(HOUR_MS, 'group_by=version')],
    'Service, 7 days': [over(168 * HOUR_MS, 'group_by=route')],
    'Service, hosts': [over(6 * HOUR_MS, 'group_by=host')],
    'Set-up': [is('/api/v1/status'), is('/api/v1/rejects'), is('/api/v1/silences')],
  }
}

async function measureCalls({ address, process: { pid } }: StartedCulprit, rounds: number): Promise<void> {
  const rows: string[][] = []
  for (const [page, calls] of Object.entries(await pagesOf(address))) {
    const tookMs = calls.map((): number[] => [])
    const spentMs = spentBy(pid)
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        calls.map(async (pathOf, call) => {
          const startedMs = performance.now()
          await (await ask(`${address}${pathOf()}`)).arrayBuffer()
          tookMs[call]?.push(performance.now() - startedMs)
        }),
      )
    }
    const cpu = ((spentBy(pid) - spentMs) / rounds).toFixed(0)
    for (const [call, pathOf] of calls.entries()) {
      const [path = '', query = ''] = pathOf().split('?')
      const name = `${path.replace('/api/v1', '')} ${/group_by=\w+/.exec(query)?.[0] ?? ''}`.trim()
      const ms = tookMs[call] ?? []
      rows.push([`${page}: ${name}`, ...timesOf(ms, CALL_MS_MAX), (ms[0] ?? 0).toFixed(0), call === 0 ? cpu : ''])
    }
  }
  const header = ['call, all of a page at once', ...TIMES, `p99 ≤ ${CALL_MS_MAX}`, 'the first', 'CPU a page']
  console.log(renderTable(header, rows))
}

const TIMES = ['p50 ms', 'p99 ms', 'worst']

function timesOf(ms: readonly number[], bound: number): string[] {
  const asked = quantile(ms, 0.99)
  return [...[0.5, 0.99, 1].map((q) => quantile(ms, q).toFixed(0)), judge(asked <= bound)]
}

function judge(isMet: boolean): string {
  if (!isMet) process.exitCode = 1
  return isMet ? 'met' : 'MISSED'
}

/** The CPU time of a process and all its threads, ms. */
function spentBy(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS
}

/** Small posts many times a second, and how far the detector is behind, without and with heavy questions all the while. */
async function measureIngest(address: string): Promise<void> {
  const pages = await pagesOf(address)
  const heavy = ['Service, 7 days', 'Service, hosts', 'Changes', 'Now'].map((page) => pages[page] ?? [])
  const rows: string[][] = []
  let alone: number | undefined
  for (const readers of [0, heavy.length]) {
    const end = new AbortController()
    const reading = heavy.slice(0, readers).map(async (calls) => {
      for (let call = 0; !end.signal.aborted; call++) {
        const path = calls[call % calls.length]?.() ?? ''
        await (await ask(`${address}${path}`)).arrayBuffer()
      }
    })
    const tookMs: number[] = []
    let behindMax = 0
    for (let turn = 0; turn < POSTS; turn++) {
      const startedMs = performance.now()
      await post(address, POSTED)
      tookMs.push(performance.now() - startedMs)
      await after(POST_EVERY_MS)
      if (turn % 20 === 0) behindMax = Math.max(behindMax, (await readJudged(address)).behindS)
    }
    end.abort()
    await Promise.all(reading)
    alone ??= behindMax
    rows.push([
      `${readers} heavy readers`,
      ...timesOf(tookMs, INGEST_MS_MAX),
      String(behindMax),
      judge(behindMax <= alone + LATE_S_MAX),
    ])
  }
  const header = ['ingest of 100 events a post', ...TIMES, `p99 ≤ ${INGEST_MS_MAX}`, 'detector behind, s', 'on time']
  console.log(renderTable(header, rows))
}

/** From an empty browser until what was asked for stands there. */
async function measureViews(address: string): Promise<void> {
  const browser = await startChromium()
  if (browser === undefined) return
  // What a browser's very first page takes is its own start.
  await (await browser.newPage()).goto('about:blank')
  const rows: string[][] = []
  for (const path of [
    '/',
    `/incidents/${await readIncident(address)}`,
    '/changes',
    `/services/${BROKEN_SERVICE}`,
    '/setup',
  ]) {
    const tookMs: number[] = []
    for (let view = 0; view < VIEWS; view++) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`${address}${path}`, { waitUntil: 'commit' })
      await page.locator('main h1').first().waitFor({ state: 'attached' })
      await page.locator('.loading').first().waitFor({ state: 'detached' })
      tookMs.push(Number(await page.evaluate('performance.now()')))
      await context.close()
    }
    rows.push([path, ...timesOf(tookMs, VIEW_MS_MAX)])
  }
  await browser.close()
  console.log(renderTable(['first view', ...TIMES, `p99 ≤ ${VIEW_MS_MAX}`], rows))
}

// Last, as what it uses is there only once it has been read.
await main(values.directory ?? mkdtempSync(join(tmpdir(), 'bench-api-')))
