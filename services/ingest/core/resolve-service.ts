// Hot path: mutates arrays, several parameters.
import { DEFAULT_SERVICE } from '../../../shared/domain/access-event.ts'
import type { ByteSource } from './byte-source.ts'
import { SERVICE, type Slots, UPSTREAM } from './formats/line-format.ts'
import type { BlockParserOptions } from './parsed-block.ts'
import { SERVICE_ORIGINS, type ServiceFrom, type ServiceOrigin, serviceOfPath } from './service-name.ts'
import type { StringColumn } from './string-column.ts'
import type { TextDictionaryColumn } from './text-column.ts'

/** Names the service of each event, and counts where the names came from. */
export interface ServiceResolver {
  /** The id of the line's service. `hostId` is its virtual host (0: none), `pathEntry` its path (-1: none). */
  resolve(source: ByteSource, slots: Slots, hostId: number, pathEntry: number): number
  begin(): void
  /** Events of this block by origin. */
  origins(): Partial<Record<ServiceOrigin, number>>
}

/** The columns that names are taken from. */
export interface NameColumns {
  /** What `resolve` answers is an id of this one. */
  readonly service: StringColumn
  readonly virtualHost: StringColumn
  readonly path: TextDictionaryColumn
}

const [CONSTANT, FIELD, FROM, HOST, DEFAULT] = [0, 1, 2, 3, 4]

export function createServiceResolver(
  options: Pick<BlockParserOptions, 'service' | 'serviceFrom'>,
  columns: NameColumns,
): ServiceResolver {
  const { service } = columns
  const constantId = service.idOfText(options.service ?? '')
  const defaultId = service.idOfText(DEFAULT_SERVICE)
  const ofHost = remember((hostId) => service.idOfText(columns.virtualHost.textOf(hostId)))
  const askServiceFrom = createServiceFrom(options.serviceFrom, columns)
  const counts = [0, 0, 0, 0, 0]

  function resolve(source: ByteSource, slots: Slots, hostId: number, pathEntry: number): number {
    if (constantId !== 0) return count(CONSTANT, constantId)
    const field = slots[2 * SERVICE] as number
    if (field >= 0) return count(FIELD, service.idOf(source, field, slots[2 * SERVICE + 1] as number))
    const asked = askServiceFrom(source, slots, hostId, pathEntry)
    if (asked !== 0) return count(FROM, asked)
    return hostId === 0 ? count(DEFAULT, defaultId) : count(HOST, ofHost(hostId))
  }

  function count(origin: number, id: number): number {
    counts[origin] = (counts[origin] as number) + 1
    return id
  }

  return {
    resolve,
    begin: () => counts.fill(0),
    origins: () =>
      Object.fromEntries(SERVICE_ORIGINS.map((name, i) => [name, counts[i] ?? 0]).filter(([, n]) => n !== 0)),
  }
}

/** What `service_from` says of a line: an id, or 0 when the line doesn't have it. */
function createServiceFrom(from: ServiceFrom | undefined, columns: NameColumns): ServiceResolver['resolve'] {
  const { service, virtualHost, path } = columns
  if (from === undefined) return () => 0
  if (from === 'virtual_host') {
    const ofHost = remember((hostId) => service.idOfText(virtualHost.textOf(hostId)))
    return (_source, _slots, hostId) => ofHost(hostId)
  }
  if (from === 'upstream') {
    return (source, slots) => {
      const start = slots[2 * UPSTREAM] as number
      return start < 0 ? 0 : service.idOf(source, start, slots[2 * UPSTREAM + 1] as number)
    }
  }
  const ofPath = remember((entry) => service.idOfText(serviceOfPath(path.textOf(entry), from.pathSegment)))
  return (_source, _slots, _hostId, pathEntry) => (pathEntry < 0 ? 0 : ofPath(pathEntry))
}

/** Asks `answer` once for each of the numbers 0, 1, 2, …. */
export function remember(answer: (key: number) => number): (key: number) => number {
  const answers: number[] = []
  return (key) => {
    while (answers.length <= key) answers.push(-1)
    const known = answers[key] as number
    if (known >= 0) return known
    const fresh = answer(key)
    answers[key] = fresh
    return fresh
  }
}
