import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BATCH_LINES,
  SERVICE,
  TARGET,
  UPSTREAM,
  VIRTUAL_HOST,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import type { BlockParserOptions } from '../../../../../services/ingest/core/parsed-block.ts'
import { createServiceResolver, remember } from '../../../../../services/ingest/core/resolve-service.ts'
import type { ServiceFrom } from '../../../../../services/ingest/core/service-name.ts'
import { createStringColumn } from '../../../../../services/ingest/core/string-column.ts'
import { createTextDictionaryColumn } from '../../../../../services/ingest/core/text-column.ts'
import { type Fields, scannedLines } from './scanned-lines.ts'

const MAX_BYTES = 255
const asWritten = (bytes: Buffer, start: number, end: number) => bytes.toString('utf8', start, end)

/** Names the services of one batch after another; each answer is of the batch alone. */
function createNaming(options: Pick<BlockParserOptions, 'service' | 'serviceFrom'> = {}) {
  const service = createStringColumn(MAX_BYTES, asWritten)
  const virtualHost = createStringColumn(MAX_BYTES, asWritten)
  const path = createTextDictionaryColumn(MAX_BYTES, asWritten)
  const resolver = createServiceResolver(options, { service, virtualHost, path })
  const [hosts, paths, services] = [0, 1, 2].map(() => new Int32Array(BATCH_LINES))
  if (hosts === undefined || paths === undefined || services === undefined) throw new Error('no arrays')

  return (events: readonly Fields[]) => {
    const { source, slots, lines } = scannedLines(events)
    for (const column of [service, virtualHost, path]) column.begin(lines)
    resolver.begin()
    virtualHost.readIds(source, slots, VIRTUAL_HOST, lines, hosts, 0)
    path.readEntries(source, slots, TARGET, lines, paths)
    resolver.resolve({ source, slots, lines, hosts, paths }, services)
    return { names: Array.from(services.subarray(0, lines), service.textOf), origins: resolver.origins() }
  }
}

const ALL = { [SERVICE]: 'field', [UPSTREAM]: 'backend', [VIRTUAL_HOST]: 'shop.example', [TARGET]: '/cart/pay/7' }
const { [SERVICE]: _, ...WITHOUT_SERVICE } = ALL

test.each<[string, Pick<BlockParserOptions, 'service' | 'serviceFrom'>, Fields, string, string]>([
  ['the constant wins over all', { service: 'shop', serviceFrom: 'upstream' }, ALL, 'shop', 'constant'],
  ['an empty constant is none', { service: '' }, ALL, 'field', 'field'],
  ["the event's own name wins over service_from", { serviceFrom: 'upstream' }, ALL, 'field', 'field'],
  ['the upstream', { serviceFrom: 'upstream' }, WITHOUT_SERVICE, 'backend', 'service_from'],
  ['the virtual host when asked for', { serviceFrom: 'virtual_host' }, WITHOUT_SERVICE, 'shop.example', 'service_from'],
  ['the first segment', { serviceFrom: { pathSegment: 1 } }, WITHOUT_SERVICE, 'cart', 'service_from'],
  ['the second segment', { serviceFrom: { pathSegment: 2 } }, WITHOUT_SERVICE, 'pay', 'service_from'],
  [
    'a segment that is an id names nothing',
    { serviceFrom: { pathSegment: 3 } },
    WITHOUT_SERVICE,
    'shop.example',
    'virtual_host',
  ],
  ['the virtual host unasked', {}, WITHOUT_SERVICE, 'shop.example', 'virtual_host'],
  ['no upstream, no name', { serviceFrom: 'upstream' }, { [TARGET]: '/a' }, 'web', 'default'],
  ['no host, no name', { serviceFrom: 'virtual_host' }, { [TARGET]: '/a' }, 'web', 'default'],
  ['no path, no name', { serviceFrom: { pathSegment: 1 } }, {}, 'web', 'default'],
])('%s', (_, options, fields, name, origin) => {
  expect(createNaming(options)([fields])).toEqual({ names: [name], origins: { [origin]: 1 } })
})

const name = fc.constantFrom('a', 'b', 'shop.example', 'cart')
const event = fc.record(
  { [SERVICE]: name, [UPSTREAM]: name, [VIRTUAL_HOST]: name, [TARGET]: name.map((text) => `/${text}/x`) },
  { requiredKeys: [] },
)
const serviceFrom = fc.constantFrom<ServiceFrom | undefined>(
  ...(['virtual_host', 'upstream', undefined] as const),
  { pathSegment: 1 },
  { pathSegment: 2 },
)

test('names an event the same among others, in any block, as alone, and counts each once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 4 }), serviceFrom, (blocks, from) => {
      const options = from === undefined ? {} : { serviceFrom: from }
      const nameTogether = createNaming(options)
      for (const events of blocks) {
        const { names, origins } = nameTogether(events)
        expect(names).toEqual(events.flatMap((fields) => createNaming(options)([fields]).names))
        expect(Object.values(origins).reduce((sum, count) => sum + count, 0)).toBe(events.length)
      }
    }),
  )
})

test('counts the events of a block by where their names came from', () => {
  const nameServices = createNaming()
  expect(nameServices([ALL, WITHOUT_SERVICE, {}, ALL]).origins).toEqual({ field: 2, virtual_host: 1, default: 1 })
  expect(nameServices([{}]).origins).toEqual({ default: 1 })
})

test('asks once for each number and gives the same answer ever after', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (keys) => {
      const asked: number[] = []
      const answer = remember((key) => {
        asked.push(key)
        return key * 7
      })
      expect(keys.map(answer)).toEqual(keys.map((key) => key * 7))
      expect(asked).toEqual([...new Set(keys)])
    }),
  )
})
