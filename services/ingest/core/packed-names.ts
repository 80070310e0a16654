import type { BlockNames } from './admission.ts'
import type { EventColumns } from './event-columns.ts'

/**
 * The names of a block in a few buffers, which another thread gets at little cost: as strings each would be made anew, and a
 * flood of paths has one a line.
 */
export interface PackedNames {
  readonly services: readonly string[]
  /** The routes one behind the other in UTF-8; route `i` ends before `ends[i]`. */
  readonly routes: Uint8Array
  readonly ends: Uint32Array
  readonly owners: Uint32Array
  readonly requests: Float64Array
}

/** Packs the service and route names of a block. */
export function packNames({ service, route }: Pick<EventColumns, 'service' | 'route'>): PackedNames {
  const { values } = route
  // A UTF-16 unit is at most three bytes of UTF-8.
  const bytes = Buffer.from(new ArrayBuffer(values.reduce((size, { length }) => size + 3 * length, 0)))
  const ends = new Uint32Array(values.length)
  let used = 0
  for (const [code, value] of values.entries()) {
    used += bytes.write(value, used, 'utf8')
    ends[code] = used
  }
  return {
    services: service.values,
    routes: new Uint8Array(bytes.buffer, 0, used),
    ends,
    owners: Uint32Array.from(route.services),
    requests: Float64Array.from(route.requests),
  }
}

export function unpackNames({ services, routes, ends, owners, requests }: PackedNames): BlockNames {
  const bytes = Buffer.from(routes.buffer, routes.byteOffset, routes.byteLength)
  const nameOf = (code: number) => bytes.toString('utf8', ends[code - 1] ?? 0, ends[code])
  return { service: { values: services }, route: { size: ends.length, nameOf, services: owners, requests } }
}
