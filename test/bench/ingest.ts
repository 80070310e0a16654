/*
 * How fast a log goes through the whole of `culprit replay`, beside others on the same file in the same run.
 * npm run bench:ingest -- [--lines 2000000] [--runs 2] [--only-product] [--file access.log]
 * GoAccess reads it into its report, `wc -l` is the floor, and ClickHouse parses and stores it by a regular expression. Each
 * runs as a process of its own, in turn; the best of the runs counts. A log of one's own (--file) is combined, too.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { countStored, type StoredCounts } from './count-stored.ts'
import { writeShopLog } from './shop-log.ts'

const PRODUCT = 'culprit replay'
const CULPRIT = fileURLToPath(new URL('../../dist/services/cli/bin.cjs', import.meta.url))
const SQL_INGEST = fileURLToPath(new URL('ingest-by-sql.ts', import.meta.url))
const TIME = '/usr/bin/time'
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024

interface Cost {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly rssMegabytes: number
}

interface Contender {
  readonly name: string
  readonly command: readonly string[]
  /** Throws when the output shows that it did not do the work. */
  check(output: string): void
}

await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '2000000' },
      runs: { type: 'string', default: '2' },
      file: { type: 'string' },
      'only-product': { type: 'boolean', default: false },
    },
  })
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: it measures memory (apt-get install time)`)
  const folder = mkdtempSync(join(tmpdir(), 'bench-ingest-'))
  try {
    const log = values.file ?? join(folder, 'access.log')
    const written = values.file === undefined ? writeShopLog(log, Number(values.lines)) : undefined
    const lines = countLines(log)
    const contenders = contend(log, { lines, folder }).filter(({ name }) => !values['only-product'] || name === PRODUCT)
    const best = measure(contenders, { runs: Number(values.runs), folder })
    report(best, lines)
    if (written !== undefined) checkCounts(written.statuses, await countStored(log, join(folder, 'checked')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function contend(log: string, { lines, folder }: { lines: number; folder: string }): Contender[] {
  const goaccess = '/usr/bin/goaccess'
  const goaccessOptions = [
    '--log-format=COMBINED',
    '--no-global-config',
    '--no-progress',
    '-o',
    join(folder, 'report.json'),
  ]
  if (!existsSync(goaccess)) console.log('GoAccess is not installed: left out (apt-get install goaccess)')
  const expectLines = (name: string, found: number) => {
    if (found !== lines) throw new Error(`${name} read ${found} of ${lines} lines`)
  }
  return [
    {
      name: PRODUCT,
      command: [process.execPath, CULPRIT, 'replay', log, '--format', 'combined', '--json'],
      check: (output) => {
        const { summary } = JSON.parse(output) as { summary: Record<string, number> }
        for (const count of ['lines', 'parsed', 'events', 'requests']) expectLines(PRODUCT, summary[count] ?? 0)
      },
    },
    { name: 'wc -l', command: ['wc', '-l', log], check: (output) => expectLines('wc', Number.parseInt(output, 10)) },
    {
      name: 'ClickHouse, by regex',
      command: [process.execPath, '--import', 'tsx', SQL_INGEST, log, folder],
      check: (output) => expectLines('ClickHouse', Number(output)),
    },
    ...(existsSync(goaccess)
      ? [
          {
            name: 'GoAccess',
            command: [goaccess, log, ...goaccessOptions],
            check: () => {
              const { general } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
              expectLines('GoAccess', general.total_requests)
            },
          },
        ]
      : []),
  ]
}

/** Everyone in turn, several times: what else the machine does meets all alike. */
function measure(
  contenders: readonly Contender[],
  { runs, folder }: { runs: number; folder: string },
): Map<string, Cost> {
  const best = new Map<string, Cost>()
  for (let run = 0; run < runs; run++)
    for (const contender of contenders) {
      const cost = runOnce(contender, join(folder, 'cost'))
      const before = best.get(contender.name)
      if (before === undefined || cost.wallSeconds < before.wallSeconds) best.set(contender.name, cost)
    }
  return best
}

function runOnce({ name, command, check }: Contender, costFile: string): Cost {
  const { status, stdout, stderr } = spawnSync(TIME, ['-f', '%e %U %S %M', '-o', costFile, ...command], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`)
  check(stdout)
  const [wall = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(costFile, 'utf8').trim().split(' ').map(Number)
  return { wallSeconds: wall, cpuSeconds: user + system, rssMegabytes: kilobytes / 1024 }
}

function report(costs: ReadonlyMap<string, Cost>, lines: number): void {
  const product = costs.get(PRODUCT)
  console.log(`${lines.toLocaleString('en')} lines; the last two columns: how many times faster culprit is\n`)
  console.log('                         lines/s     wall s     CPU s   RSS MB   by wall   by CPU')
  for (const [name, { wallSeconds, cpuSeconds, rssMegabytes }] of costs) {
    const numbers = [
      Math.round(lines / Math.max(wallSeconds, 0.01))
        .toLocaleString('en')
        .padStart(11),
      wallSeconds.toFixed(2).padStart(10),
      cpuSeconds.toFixed(2).padStart(9),
      rssMegabytes.toFixed(0).padStart(8),
      `${(wallSeconds / (product?.wallSeconds ?? 1)).toFixed(2)}x`.padStart(9),
      `${(cpuSeconds / (product?.cpuSeconds ?? 1)).toFixed(2)}x`.padStart(8),
    ]
    console.log(`${name.padEnd(21)}${numbers.join(' ')}`)
  }
}

/** What the store holds of each status, in rows and in both rollups, must be what was written. */
function checkCounts(written: ReadonlyMap<number, number>, stored: StoredCounts): void {
  for (const [table, counts] of Object.entries(stored)) {
    const wrong = [...written].filter(([status, lines]) => counts.get(status) !== lines)
    if (wrong.length > 0 || counts.size !== written.size)
      throw new Error(`${table} holds other counts than the log: ${JSON.stringify([...counts])}`)
  }
  console.log(`\nstored as written, by status: ${Object.keys(stored).join(', ')}`)
}

function countLines(path: string): number {
  return Number.parseInt(spawnSync('wc', ['-l', path], { encoding: 'utf8' }).stdout, 10)
}
