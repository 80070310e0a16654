import fc from 'fast-check'
import { expect, test } from 'vitest'
import { truncateAddress } from '../../../../../services/ingest/core/client-address.ts'
import { decoderFor } from '../../../../../services/ingest/core/decode-value.ts'
import {
  CLIENT,
  ROUTE,
  SERVICE,
  TARGET,
  VIRTUAL_HOST,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createRequestColumns } from '../../../../../services/ingest/core/request-columns.ts'
import { pathOfTarget } from '../../../../../services/ingest/core/request-target.ts'
import { routeTemplate } from '../../../../../services/ingest/core/route-template.ts'
import { normalizeVirtualHost } from '../../../../../services/ingest/core/service-name.ts'
import { type Fields, scannedLines, stringRows, textRows } from './scanned-lines.ts'

/** Reads the lines of a block, given as batches; line `i` stands for `i + 1` requests. */
function createReader() {
  const columns = createRequestColumns(decoderFor('backslash'), { format: { name: 'combined' }, env: 'prod' })
  return (batches: readonly (readonly Fields[])[]) => {
    columns.begin(1)
    let rows = 0
    const counts = Uint32Array.from(batches.flat(), (_, row) => row + 1)
    for (const batch of batches) {
      const { source, slots, lines } = scannedLines(batch)
      columns.put(rows, source, slots, lines, counts)
      rows += lines
    }
    const read = columns.finish(rows)
    const texts = {
      service: stringRows(read.service, rows),
      route: stringRows(read.route, rows),
      path: textRows(read.path, rows),
      virtualHost: stringRows(read.virtualHost, rows),
      client: textRows(read.client, rows),
    }
    const { services, values, requests } = read.route
    return {
      events: texts.path.map((path, row) => ({
        service: texts.service[row],
        route: texts.route[row],
        path,
        virtualHost: texts.virtualHost[row],
        client: texts.client[row],
      })),
      routes: values.map((route, code) => [read.service.values[services[code] ?? -1], route, requests[code]]),
      origins: columns.origins(),
    }
  }
}

function readOne(fields: Fields) {
  return createReader()([[fields]]).events[0]
}

const target = fc.oneof(
  fc.constantFrom('/', '/users/17', '/users/18?a=b', '/a;jsessionid=1?x', '*', 'http://h.example?b', 'h.example:443'),
  fc.string({ unit: fc.constantFrom('/', 'a', '7', '?', '#', ';', '.', 'é'), maxLength: 12 }),
)
const client = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((address) => `${address}:51234`),
  fc.ipV4().map((address) => `::ffff:${address}`),
  fc.constantFrom('crawl-66.bot.example', 'web.7', 'node.12', 'unix:', '7'),
)
const host = fc.constantFrom('shop.example', 'Shop.Example.:443', '_', '<script>')
const route = fc.constantFrom('/named', '/users/{id}')
const line = fc.record(
  { [TARGET]: target, [CLIENT]: client, [VIRTUAL_HOST]: host, [SERVICE]: fc.constantFrom('a', 'b'), [ROUTE]: route },
  { requiredKeys: [] },
)
const block = fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 3 })

test('takes of every request its path, network, host, service and route, block after block', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), (blocks) => {
      const read = createReader()
      for (const batches of blocks) {
        const expected = batches.flat().map((fields) => {
          const path = pathOfTarget(fields[TARGET] ?? '')
          const virtualHost = normalizeVirtualHost(fields[VIRTUAL_HOST] ?? '')
          return {
            service: fields[SERVICE] ?? (virtualHost === '' ? 'web' : virtualHost),
            route: fields[ROUTE] ?? (fields[TARGET] === undefined ? '' : routeTemplate(path)),
            path,
            virtualHost,
            client: truncateAddress(fields[CLIENT] ?? ''),
          }
        })
        const { events, routes, origins } = read(batches)
        expect(events).toEqual(expected)
        expect(Object.values(origins).reduce((sum, count) => sum + count, 0)).toBe(events.length)
        const requests = new Map<string, unknown[]>()
        for (const [row, event] of expected.entries()) {
          const key = `${event.service} ${event.route}`
          requests.set(key, [event.service, event.route, Number(requests.get(key)?.[2] ?? 0) + row + 1])
        }
        expect(routes).toEqual([...requests.values()])
      }
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['10.158.33.7', '10.158.33.0'],
  ['10.158.33.7:51234', '10.158.33.0'],
  ['::ffff:10.158.33.7', '10.158.33.0'],
  ['2001:db8:7::1', '2001:db8:7::'],
  ['crawl-66.bot.example', 'crawl-66.bot.example'],
  ['worker.12', 'worker.12'],
])('of the client %s it keeps %s', (logged, kept) => {
  expect(readOne({ [CLIENT]: logged })?.client).toBe(kept)
})

test('no query, and no secret in one, reaches a column', () => {
  for (const secret of ['/a?token=secret', '/a;jsessionid=secret', String.raw`/a\x3Ftoken=secret`, '/a#secret']) {
    expect(JSON.stringify(createReader()([[{ [TARGET]: secret }]]))).not.toContain('secret')
  }
})

test('remembers paths without their queries and networks without their last groups', () => {
  const columns = createRequestColumns(decoderFor('none'), { format: { name: 'combined' }, env: 'prod' })
  const weigh = (fields: Fields) => {
    const { source, slots, lines } = scannedLines([fields])
    columns.begin(1)
    columns.put(0, source, slots, lines, Uint32Array.of(1))
    return columns.weight()
  }
  const first = weigh({ [TARGET]: '/search?q=1', [CLIENT]: '10.0.0.1' })
  expect(weigh({ [TARGET]: '/search?q=2', [CLIENT]: '10.0.0.2' })).toBe(first)
  expect(weigh({ [TARGET]: '/other?q=2', [CLIENT]: '10.0.0.2' })).toBeGreaterThan(first)
})

test('undoes escapes before it makes a path, a host or a route of them', () => {
  const event = readOne({ [TARGET]: String.raw`/caf\xC3\xA9/17`, [VIRTUAL_HOST]: String.raw`\x53hop.example` })
  expect(event).toMatchObject({ path: '/café/17', virtualHost: 'shop.example', service: 'shop.example' })
  expect(event?.route).toBe(routeTemplate('/café/17'))
})

test('bounds every text', () => {
  const long = 'x'.repeat(20_000)
  const event = readOne({ [TARGET]: `/${long}`, [CLIENT]: long, [VIRTUAL_HOST]: long, [SERVICE]: long, [ROUTE]: long })
  const lengths = Object.fromEntries(Object.entries(event ?? {}).map(([name, text]) => [name, text?.length]))
  expect(lengths).toEqual({ service: 255, route: 512, path: 2_048, virtualHost: 255, client: 64 })
})
