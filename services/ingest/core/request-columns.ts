// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from './byte-source.ts'
import { truncateAddress } from './client-address.ts'
import type { DecodeValue } from './decode-value.ts'
import type { EventColumns } from './event-columns.ts'
import { CLIENT, ROUTE, type Slots, TARGET, VIRTUAL_HOST } from './formats/line-format.ts'
import type { BlockParserOptions } from './parsed-block.ts'
import { pathOfTarget } from './request-target.ts'
import { createServiceResolver, remember } from './resolve-service.ts'
import { createRouteColumn } from './route-column.ts'
import { routeTemplate } from './route-template.ts'
import { normalizeVirtualHost, type ServiceOrigin } from './service-name.ts'
import { createStringColumn } from './string-column.ts'
import { createTextDictionaryColumn } from './text-column.ts'
import { MAX_CLIENT_BYTES, MAX_NAME_BYTES, MAX_PATH_BYTES, MAX_ROUTE_BYTES } from './value-bounds.ts'

type RequestArrays = Pick<EventColumns, 'service' | 'route' | 'path' | 'virtualHost' | 'client'>

/** Who asked whom for what: the columns that are made from one another. */
export interface RequestColumns {
  /** `count` requests of the line. */
  put(row: number, source: ByteSource, slots: Slots, count: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  finish(rows: number): RequestArrays
  origins(): Partial<Record<ServiceOrigin, number>>
}

export function createRequestColumns(decode: DecodeValue, options: BlockParserOptions): RequestColumns {
  const service = createStringColumn(MAX_NAME_BYTES, decode)
  const virtualHost = createStringColumn(MAX_NAME_BYTES, (...value) => normalizeVirtualHost(decode(...value)))
  const path = createTextDictionaryColumn(MAX_PATH_BYTES, (...value) => pathOfTarget(decode(...value)))
  const client = createTextDictionaryColumn(MAX_CLIENT_BYTES, (...value) => truncateAddress(decode(...value)))
  const routes = createStringColumn(MAX_ROUTE_BYTES, decode)
  const routeOfPath = remember((entry) => routes.idOfText(routeTemplate(path.textOf(entry))))
  const route = createRouteColumn(routes.textOf)
  const resolver = createServiceResolver(options, { service, virtualHost, path })

  function put(row: number, source: ByteSource, slots: Slots, count: number): void {
    const hostId = putVirtualHost(row, source, slots)
    const pathEntry = putPath(row, source, slots)
    const serviceId = resolver.resolve(source, slots, hostId, pathEntry)
    service.put(row, serviceId)
    route.put(row, service.codeOf(serviceId), routeIdOf(source, slots, pathEntry), count)
    const clientAt = slots[2 * CLIENT] as number
    if (clientAt < 0) return
    client.put(
      row,
      client.entryOf(source, clientAt, networkEnd(source.bytes, clientAt, slots[2 * CLIENT + 1] as number)),
    )
  }

  function putVirtualHost(row: number, source: ByteSource, slots: Slots): number {
    const start = slots[2 * VIRTUAL_HOST] as number
    if (start < 0) return 0
    const id = virtualHost.idOf(source, start, slots[2 * VIRTUAL_HOST + 1] as number)
    virtualHost.put(row, id)
    return id
  }

  function putPath(row: number, source: ByteSource, slots: Slots): number {
    const start = slots[2 * TARGET] as number
    if (start < 0) return -1
    // Paths repeat without their queries.
    const entry = path.entryOf(source, start, findByte(source, QUESTION_MARK, start, slots[2 * TARGET + 1] as number))
    path.put(row, entry)
    return entry
  }

  function routeIdOf(source: ByteSource, slots: Slots, pathEntry: number): number {
    const start = slots[2 * ROUTE] as number
    if (start >= 0) return routes.idOf(source, start, slots[2 * ROUTE + 1] as number)
    return pathEntry < 0 ? 0 : routeOfPath(pathEntry)
  }

  return {
    put,
    weight: () => service.weight() + virtualHost.weight() + path.weight() + client.weight() + routes.weight(),
    begin(rowsExpected) {
      for (const column of [service, virtualHost, path, client, route, resolver]) column.begin(rowsExpected)
    },
    finish: (rows) => ({
      service: service.finish(rows),
      virtualHost: virtualHost.finish(rows),
      path: path.finish(rows),
      client: client.finish(rows),
      route: route.finish(rows),
    }),
    origins: resolver.origins,
  }
}

const QUESTION_MARK = 0x3f
const DOT = 0x2e

/** Before the last group of an IPv4 address, which is not kept: networks repeat more than addresses do. */
function networkEnd(bytes: Buffer, start: number, end: number): number {
  let at = end - 1
  while (at > start && isDigit(bytes[at] as number)) at--
  return at > start && at < end - 1 && bytes[at] === DOT ? at + 1 : end
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
