/*
 * How fast lines become columns, and columns a block for the engine, on one core.
 * npm run build && npx tsx test/bench/parse.ts [--lines 500000] [--file access.log --format combined]
 * Runs what the build made, as production does. Each block's best of several passes counts: other work on the machine does not.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseFormatArgument } from '../../services/cli/format-argument.ts'
import type * as EncodeNative from '../../services/ingest/core/encode-native.ts'
import type { FormatSpec } from '../../services/ingest/core/format-spec.ts'
import { cutBlocks, importBuilt, openBuiltParser, POSITION } from './read-blocks.ts'

const PASSES = 8

interface Speed {
  readonly lines: number
  readonly bytes: number
  readonly parseMs: number
  readonly encodeMs: number
}

async function measure(log: Buffer, format: FormatSpec): Promise<Speed> {
  const { encodeNative } = (await importBuilt('core/encode-native')) as typeof EncodeNative
  const parser = await openBuiltParser(format)
  const blocks = cutBlocks(log)
  const best = blocks.map(() => ({ lines: 0, parseMs: Number.POSITIVE_INFINITY, encodeMs: Number.POSITIVE_INFINITY }))
  for (let pass = 0; pass < PASSES; pass++) {
    for (const [i, bytes] of blocks.entries()) {
      const startMs = performance.now()
      const block = parser.parse(bytes, POSITION)
      const parsedMs = performance.now()
      if (block.parsed === 0) throw new Error(`${format.name}: no events`)
      encodeNative(block.columns)
      const encodedMs = performance.now()
      const before = best[i]
      best[i] = {
        lines: block.parsed,
        parseMs: Math.min(before?.parseMs ?? 0, parsedMs - startMs),
        encodeMs: Math.min(before?.encodeMs ?? 0, encodedMs - parsedMs),
      }
    }
  }
  const sum = (pick: (block: (typeof best)[number]) => number) => best.reduce((total, block) => total + pick(block), 0)
  return {
    lines: sum((b) => b.lines),
    bytes: log.length,
    parseMs: sum((b) => b.parseMs),
    encodeMs: sum((b) => b.encodeMs),
  }
}

const STATUSES = [200, 200, 200, 404, 500, 201]
const FIRST_MS = Date.UTC(2026, 2, 1)

/** About 210 bytes a line, of 5,000 paths, 200 user agents and 90 networks. */
function combinedLog(lines: number): Buffer {
  return logOf(lines, (i) => {
    const second = String(Math.floor(i / 200) % 60).padStart(2, '0')
    const client = `10.${i % 7}.${i % 251}.${i % 13}`
    const request = `GET /api/items/${(i * 7919) % 5000}?q=${i} HTTP/1.1`
    const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.${(i * 31) % 200} (KHTML, like Gecko) Chrome/${(i * 31) % 60}.0.0.0`
    return `${client} - - [01/Mar/2026:00:00:${second} +0000] "${request}" ${STATUSES[i % 6]} ${i % 9000} "https://shop.example/items" "${agent}"`
  })
}

/** Requests counted beforehand, about 150 bytes a line. */
function countedLog(lines: number): Buffer {
  const services = ['checkout', 'cart', 'search', 'users', 'catalog', 'auth', 'web', 'pay']
  const routes = ['/pay/{id}', '/cart', '/search', '/users/{id}', '/items/{id}/reviews', '/login']
  return logOf(lines, (i) =>
    JSON.stringify({
      ts: new Date(FIRST_MS + Math.floor(i / 96) * 10_000).toISOString(),
      service: services[Math.floor(i / 12) % 8],
      env: 'prod',
      method: 'POST',
      route: routes[Math.floor(i / 2) % 6],
      status: STATUSES[(i * 7) % 6],
      version: `v4${Math.floor(i / 960) % 3}`,
      region: i % 2 === 0 ? 'eu' : 'us',
      count: ((i * 13) % 60) + 1,
    }),
  )
}

function logOf(lines: number, line: (i: number) => string): Buffer {
  return Buffer.from(`${Array.from({ length: lines }, (_, i) => line(i)).join('\n')}\n`)
}

function report(name: string, { lines, bytes, parseMs, encodeMs }: Speed): void {
  const millionsPerSecond = (ms: number) => (lines / ms / 1000).toFixed(2)
  const size = `${Math.round(bytes / lines)} bytes a line`
  console.log(
    `${name}, ${size}: parse ${millionsPerSecond(parseMs)}, parse and encode ${millionsPerSecond(parseMs + encodeMs)} million lines/s`,
  )
}

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '500000' },
    file: { type: 'string' },
    format: { type: 'string', default: 'combined' },
  },
})
if (values.file !== undefined) {
  const format = parseFormatArgument(values.format)
  if (format === 'auto') throw new Error('--format names the format of --file')
  report(values.file, await measure(readFileSync(values.file), format))
} else {
  report('combined', await measure(combinedLog(Number(values.lines)), { name: 'combined' }))
  report('ndjson', await measure(countedLog(Number(values.lines)), { name: 'ndjson' }))
}
