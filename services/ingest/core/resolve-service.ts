// Hot path: mutates arrays, several parameters.
import { DEFAULT_SERVICE } from '../../../shared/domain/access-event.ts'
import type { ByteSource } from './byte-source.ts'
import { BATCH_LINES, SERVICE, type Slots, UPSTREAM } from './formats/line-format.ts'
import type { BlockParserOptions } from './parsed-block.ts'
import { SERVICE_ORIGINS, type ServiceFrom, type ServiceOrigin, serviceOfPath } from './service-name.ts'
import type { StringColumn } from './string-column.ts'
import type { TextDictionaryColumn } from './text-column.ts'

/** Names the service of each event, and counts where the names came from. */
export interface ServiceResolver {
  /** Sets `services[i]` to the id of line `i`'s service. */
  resolve(batch: NamedBatch, services: Int32Array): void
  begin(): void
  /** Events of this block by origin. */
  origins(): Partial<Record<ServiceOrigin, number>>
}

/** What is known of a batch of lines: `hosts[i]` is line `i`'s virtual host (0: none), `paths[i]` its path (-1: none). */
export interface NamedBatch {
  readonly source: ByteSource
  readonly slots: Slots
  readonly lines: number
  readonly hosts: Int32Array
  readonly paths: Int32Array
}

/** The columns that names are taken from. */
export interface NameColumns {
  /** What `resolve` answers is an id of this one. */
  readonly service: StringColumn
  readonly virtualHost: StringColumn
  readonly path: Pick<TextDictionaryColumn, 'textOf'>
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
  const fields = new Int32Array(BATCH_LINES)
  const asked = new Int32Array(BATCH_LINES)
  const askServiceFrom = createServiceFrom(options.serviceFrom, columns)
  const counts = [0, 0, 0, 0, 0]

  function resolve(batch: NamedBatch, services: Int32Array): void {
    const { source, slots, lines, hosts } = batch
    if (constantId !== 0) {
      services.fill(constantId)
      count(CONSTANT, lines)
      return
    }
    service.readIds(source, slots, SERVICE, lines, fields, 0)
    askServiceFrom(batch, asked)
    for (let line = 0; line < lines; line++) {
      const hostId = hosts[line] as number
      if (fields[line] !== 0) services[line] = count(FIELD, 1, fields[line])
      else if (asked[line] !== 0) services[line] = count(FROM, 1, asked[line])
      else if (hostId !== 0) services[line] = count(HOST, 1, ofHost(hostId))
      else services[line] = count(DEFAULT, 1, defaultId)
    }
  }

  function count(origin: number, events: number, id = 0): number {
    counts[origin] = (counts[origin] as number) + events
    return id
  }

  return {
    resolve,
    begin: () => counts.fill(0),
    origins: () =>
      Object.fromEntries(SERVICE_ORIGINS.map((name, i) => [name, counts[i] ?? 0]).filter(([, n]) => n !== 0)),
  }
}

/** Sets what `service_from` says of each line, 0 where it says nothing. */
function createServiceFrom(from: ServiceFrom | undefined, columns: NameColumns): ServiceResolver['resolve'] {
  const { service, virtualHost, path } = columns
  if (from === undefined) return (_batch, ids) => ids.fill(0)
  if (from === 'upstream') {
    return ({ source, slots, lines }, ids) => service.readIds(source, slots, UPSTREAM, lines, ids, 0)
  }
  const isHost = from === 'virtual_host'
  const idOf = isHost
    ? remember((hostId) => service.idOfText(virtualHost.textOf(hostId)))
    : remember((entry) => service.idOfText(serviceOfPath(path.textOf(entry), from.pathSegment)))
  return ({ lines, hosts, paths }, ids) => {
    const keys = isHost ? hosts : paths
    for (let line = 0; line < lines; line++) {
      const key = keys[line] as number
      ids[line] = key < 0 ? 0 : idOf(key)
    }
  }
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
