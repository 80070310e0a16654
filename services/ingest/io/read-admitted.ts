import { z } from 'zod'
import { OVERFLOW_ROUTE, OVERFLOW_SERVICE } from '../../../shared/domain/access-event.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { BlockNames } from '../core/admission.ts'

const NAMES_MAX = 100_000

/** The names that the store holds already, busiest first: what was admitted before a start stays admitted. */
export async function readAdmitted(store: Pick<Store, 'query'>): Promise<BlockNames> {
  const rows = await store.query(
    z.object({ service: z.string(), route: z.string(), requests: z.number() }),
    `SELECT service, route, toFloat64(sum(cells_1m.requests)) AS requests FROM cells_1m
     WHERE service != {service:String} AND route != {route:String}
     GROUP BY service, route ORDER BY requests DESC, service, route LIMIT ${NAMES_MAX}`,
    { service: OVERFLOW_SERVICE, route: OVERFLOW_ROUTE },
  )
  const services = [...new Set(rows.map(({ service }) => service))]
  const codes = new Map(services.map((service, code) => [service, code]))
  return {
    service: { values: services },
    route: {
      size: rows.length,
      nameOf: (code) => rows[code]?.route ?? '',
      services: rows.map(({ service }) => codes.get(service) ?? 0),
      // Admitted once, admitted now, however little of it is left in the store.
      requests: rows.map(() => Number.MAX_SAFE_INTEGER),
    },
  }
}
