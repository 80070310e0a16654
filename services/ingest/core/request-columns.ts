// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from './byte-source.ts'
import { truncateAddress } from './client-address.ts'
import type { DecodeValue } from './decode-value.ts'
import type { EventColumns } from './event-columns.ts'
import { BATCH_LINES, CLIENT, ROUTE, type Slots, slotOf, TARGET, VIRTUAL_HOST } from './formats/line-format.ts'
import type { BlockParserOptions } from './parsed-block.ts'
import { createPathRoutes } from './path-routes.ts'
import { isPlainPath } from './plain-text.ts'
import { STRICT_PRIVACY } from './privacy.ts'
import { pathOfTarget, pathWithQuery, withoutQuery, withoutSecrets } from './request-target.ts'
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
  /** Makes `lines` lines the rows from `firstRow` on; row `r` stands for `counts[r]` requests. Shortens slots. */
  put(firstRow: number, source: ByteSource, slots: Slots, lines: number, counts: Uint32Array): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  finish(rows: number): RequestArrays
  origins(): Partial<Record<ServiceOrigin, number>>
}

/** `writeClient` is how addresses are kept; by default truncated. */
export function createRequestColumns(
  decode: DecodeValue,
  options: BlockParserOptions,
  writeClient: (address: string) => string = truncateAddress,
): RequestColumns {
  const { client: clientPrivacy, keepQuery } = options.privacy ?? STRICT_PRIVACY
  const toPath = keepQuery.length === 0 ? pathOfTarget : (target: string) => pathWithQuery(target, keepQuery)
  // A service may be named by its address.
  const service = createStringColumn(MAX_NAME_BYTES, (...value) => withoutSecrets(decode(...value)))
  const virtualHost = createStringColumn(MAX_NAME_BYTES, (...value) => normalizeVirtualHost(decode(...value)))
  const path = createTextDictionaryColumn(MAX_PATH_BYTES, (...value) => toPath(decode(...value)), isPlainPath)
  const client = createTextDictionaryColumn(MAX_CLIENT_BYTES, (...value) => writeClient(decode(...value)))
  const routes = createStringColumn(MAX_ROUTE_BYTES, (...value) => withoutQuery(decode(...value)))
  const pathAlone = keepQuery.length === 0 ? path : { textOf: (entry: number) => pathOfTarget(path.textOf(entry)) }
  const pathRoutes = createPathRoutes(routes.idOfText)
  const routeOfPath = remember((entry) => {
    if (keepQuery.length > 0) return routes.idOfText(routeTemplate(pathAlone.textOf(entry)))
    const { source, start, end } = path.rangeOf(entry)
    return pathRoutes.routeOf(source, start, end)
  })
  const route = createRouteColumn(routes.textOf)
  const resolver = createServiceResolver(options, { service, virtualHost, path: pathAlone })
  const hosts = new Int32Array(BATCH_LINES)
  const paths = new Int32Array(BATCH_LINES)
  const clients = new Int32Array(BATCH_LINES)
  const services = new Int32Array(BATCH_LINES)
  const routeIds = new Int32Array(BATCH_LINES)

  function put(firstRow: number, source: ByteSource, slots: Slots, lines: number, counts: Uint32Array): void {
    const hasHosts = virtualHost.readIds(source, slots, VIRTUAL_HOST, lines, hosts, 0)
    if (hasHosts) virtualHost.put(firstRow, hosts, lines)

    if (keepQuery.length === 0) dropQueries(source, slots, lines)
    path.readEntries(source, slots, TARGET, lines, paths)
    path.put(firstRow, paths, lines)

    if (clientPrivacy === 'truncated') dropLastGroups(source.bytes, slots, lines)
    client.readEntries(source, slots, CLIENT, lines, clients)
    client.put(firstRow, clients, lines)

    resolver.resolve({ source, slots, lines, hosts, paths }, services)
    service.put(firstRow, services, lines)
    routes.readIds(source, slots, ROUTE, lines, routeIds, 0)
    for (let line = 0; line < lines; line++) {
      services[line] = service.codeOf(services[line] as number)
      const pathEntry = paths[line] as number
      if (routeIds[line] === 0 && pathEntry >= 0) routeIds[line] = routeOfPath(pathEntry)
    }
    route.put(firstRow, services, routeIds, lines, counts)
  }

  return {
    put,
    weight: () =>
      [service, virtualHost, path, client, routes, pathRoutes].reduce((total, part) => total + part.weight(), 0),
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
const COLON = 0x3a
const TARGET_END = slotOf(TARGET) + BATCH_LINES
const CLIENT_END = slotOf(CLIENT) + BATCH_LINES

/** Paths repeat without their queries. */
function dropQueries(source: ByteSource, slots: Slots, lines: number): void {
  for (let line = 0; line < lines; line++) {
    const start = slots[TARGET_END - BATCH_LINES + line] as number
    if (start < 0) continue
    slots[TARGET_END + line] = findByte(source, QUESTION_MARK, start, slots[TARGET_END + line] as number)
  }
}

/** An IPv4 address ends before its last group, which is not kept: networks repeat more than addresses do. */
function dropLastGroups(bytes: Buffer, slots: Slots, lines: number): void {
  for (let line = 0; line < lines; line++) {
    const start = slots[CLIENT_END - BATCH_LINES + line] as number
    if (start < 0) continue
    const end = slots[CLIENT_END + line] as number
    let at = end - 1
    while (at > start && isDigit(bytes[at] as number)) at--
    if (at > start && at < end - 1 && bytes[at] === DOT && isNetwork(bytes, start, at))
      slots[CLIENT_END + line] = at + 1
  }
}

/** Are there only digits and dots, or those behind a colon as in `::ffff:10.158.33`? A host name may end in a number, too. */
function isNetwork(bytes: Buffer, start: number, end: number): boolean {
  let from = end
  while (from > start && (isDigit(bytes[from - 1] as number) || bytes[from - 1] === DOT)) from--
  return from === start || bytes[from - 1] === COLON
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
