import { HOSTILE } from '../support/hostile-texts.ts'

/** What the browser tests send to a server: an hour of a shop whose last deploy is bad, and the changes of that hour. */

const CELL_MS = 10_000
const HOUR_CELLS = 360
const BAD_CELLS = 18
const SUSPECTABLE = 8

export interface ShopHour {
  /** The change that broke it. */
  readonly deployedAtMs: number
  readonly events: string
  readonly changes: string
}

/** `nowMs`: the hour ends shortly before. */
export function shopHour(nowMs: number): ShopHour {
  const endMs = Math.floor(nowMs / CELL_MS) * CELL_MS - 2 * CELL_MS
  const deployedAtMs = endMs - BAD_CELLS * CELL_MS - 5_000
  const lines = Array.from({ length: HOUR_CELLS }, (_, cell) =>
    cellOf(endMs - (HOUR_CELLS - cell) * CELL_MS, { cell, isBad: cell >= HOUR_CELLS - BAD_CELLS }),
  ).flat()
  return { deployedAtMs, events: toLines(lines), changes: toLines(changesBefore(deployedAtMs)) }
}

function cellOf(atMs: number, { cell, isBad }: { readonly cell: number; readonly isBad: boolean }): object[] {
  const ts = new Date(atMs).toISOString()
  const hostile = HOSTILE[cell % HOSTILE.length] ?? ''
  return [
    ...requests(
      { ts, service: 'checkout', method: 'POST', route: '/pay/{id}', version: 'v41' },
      isBad ? 80 : 150,
      cell,
    ),
    ...(isBad
      ? requests({ ts, service: 'checkout', method: 'POST', route: '/pay/{id}', version: 'v42' }, 70, 0, 25)
      : []),
    ...requests({ ts, service: 'search', method: 'GET', route: '/search', version: 'v19' }, 90, cell),
    {
      ts,
      service: hostile,
      method: 'GET',
      route: `/${hostile}`,
      version: hostile,
      region: hostile,
      status: 200,
      count: 4,
    },
  ]
}

function requests(event: object, count: number, cell: number, errors = Number(cell % 7 === 3)): object[] {
  const failed = errors === 0 ? [] : [{ ...event, status: 500, count: errors }]
  return [{ ...event, status: 200, count: count - errors }, ...failed]
}

function changesBefore(deployedAtMs: number): object[] {
  const at = (agoMs: number) => new Date(deployedAtMs - agoMs).toISOString()
  const deploy = { kind: 'deploy', service: 'checkout', version: 'v42', previous_version: 'v41', author: 'ana' }
  const hostile = HOSTILE.map((text, index) => ({
    id: `hostile-${index}`,
    ...{ ts: at(20_000 * (index + 6)), kind: 'config', title: text, author: text },
    // Few that could have done it, so that it stays plain what did.
    service: index < SUSPECTABLE ? 'checkout' : 'search',
    ...{ url: 'javascript:window.owned=1//', rollback: { command: text, url: 'javascript:window.owned=1' } },
  }))
  return [{ id: 'deploy-42', ts: at(0), ...deploy, source: 'kubernetes' }, ...hostile]
}

function toLines(events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n')
}
