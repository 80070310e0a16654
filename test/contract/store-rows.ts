import { z } from 'zod'
import type { QueryParameter, Store } from '../../shared/store/store.ts'

/** A request of `service` as a row of `access_events`. */
export function eventRow(service: string, overrides: Readonly<Record<string, unknown>> = {}) {
  const usual = { ts: '2026-03-01 00:00:03.500', env: 'prod', method: 'GET', route: '/', status: 200, count: 1 }
  return { ...usual, service, ...overrides }
}

export async function firstRow(
  store: Pick<Store, 'query'>,
  sql: string,
  parameters?: Readonly<Record<string, QueryParameter>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const rows = await store.query(z.record(z.string(), z.unknown()), sql, parameters)
  return rows[0]
}

export async function readNumber(
  store: Pick<Store, 'query'>,
  sql: string,
  parameters?: Readonly<Record<string, QueryParameter>>,
): Promise<number> {
  const row = await firstRow(store, sql, parameters)
  return z.coerce.number().parse(Object.values(row ?? {})[0])
}
