import { afterEach, expect, test } from 'vitest'
import { createParsePool, type ParsePool } from '../../../../../services/ingest/io/parse-pool.ts'

let pool: ParsePool | undefined

afterEach(async () => {
  await pool?.close()
})

const NOTHING = { services: [], routes: [] }

function job(lines: readonly string[]) {
  return {
    parser: { id: 0, options: { format: { name: 'ndjson' }, env: 'prod' } },
    position: { source: 'events.ndjson', firstLine: 1, firstByte: 0 },
    bytes: new Uint8Array(Buffer.from(lines.join('\n'))),
  } as const
}

function event(route: string): string {
  return JSON.stringify({ ts: '2026-03-01T00:00:00Z', service: 'shop', method: 'GET', route, status: 200 })
}

test('parses in another thread, and leaves the bytes as they are', async () => {
  pool = createParsePool(1)
  const given = job([event('/cart'), 'no event', event('/cart')])
  const before = Buffer.from(given.bytes)
  const { summary } = await pool.parse(given)
  expect(given.bytes).toEqual(new Uint8Array(before))
  expect(summary).toMatchObject({ lines: 3, parsed: 2, rejected: 1, requests: 2 })
  expect(summary.rejects).toMatchObject([{ lineNumber: 2, text: 'no event' }])
})

test('encodes names that have no place under the overflow names', async () => {
  pool = createParsePool(2)
  const parsed = await pool.parse(job([event('/cart'), event('/junk')]))
  const { size, nameOf } = parsed.names().route
  const junk = Array.from({ length: size }, (_, code) => nameOf(code)).indexOf('/junk')
  const native = Buffer.from(await parsed.encode({ services: [], routes: [junk] })).toString('latin1')
  expect(native).toContain('/cart')
  expect(native).toContain('__other__')
  expect(native).not.toContain('/junk')
})

test('works on as many blocks at once as it says', async () => {
  const several = createParsePool(2)
  pool = several
  const jobs = Array.from({ length: several.blocksUnderWayMax }, (_, index) =>
    several.parse(job([event(`/r${index}`)])),
  )
  const parsed = await Promise.all(jobs)
  const blocks = await Promise.all(parsed.map((each) => each.encode(NOTHING)))
  expect(blocks.map((block, index) => Buffer.from(block).includes(`/r${index}`))).not.toContain(false)
})

test('hands a block out while later ones are still parsed', async () => {
  pool = createParsePool(1)
  const finished: string[] = []
  const first = pool.parse(job([event('/first')])).then((parsed) => parsed.encode(NOTHING))
  const long = job(Array.from({ length: 20_000 }, () => event('/long')))
  const rest = Array.from({ length: 8 }, () => pool?.parse(long))
  await Promise.all([
    first.then(() => finished.push('first')),
    ...rest.map((parsed) => parsed?.then(() => finished.push('later'))),
  ])
  expect(finished.indexOf('first')).toBeLessThan(finished.lastIndexOf('later'))
})

test('a thread that dies fails what it was asked and whatever is asked later', async () => {
  pool = createParsePool(1)
  const parsed = await pool.parse(job([event('/cart')]))
  await parsed.encode(NOTHING)
  // The block has left the thread: asking again is a bug, and bugs crash.
  const died = { name: 'OperationError', code: 'parse_worker_died' }
  await expect(parsed.encode(NOTHING)).rejects.toMatchObject(died)
  await expect(pool.parse(job([event('/cart')]))).rejects.toMatchObject(died)
})
