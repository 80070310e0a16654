import { randomUUID } from 'node:crypto'
import type { Change } from '../../../shared/domain/change.ts'
import { changeToWire } from '../../../shared/domain/change-wire.ts'
import type { IncidentDocument } from '../../../shared/domain/incident-wire.ts'
import type { Store, StoreTable } from '../../../shared/store/store.ts'

type Row = Readonly<Record<string, unknown>>

/** One insert carries its rows in one statement: few enough to stay small. */
const ROWS_PER_INSERT = 1_000

/** Stores what is known of each change; the same again changes nothing. */
export async function storeChanges(store: Pick<Store, 'insertRows'>, changes: readonly Change[]): Promise<void> {
  const rows = changes.map((change) => ({
    id: change.id,
    ts: rfc3339(change.startedAtMs),
    finished_at: change.finishedAtMs === undefined ? null : rfc3339(change.finishedAtMs),
    kind: change.kind,
    service: change.service ?? '',
    env: change.env,
    status: change.status,
    document: JSON.stringify(changeToWire(change)),
    updated_at: rfc3339(change.finishedAtMs ?? change.startedAtMs),
  }))
  await insert(store, 'changes', rows)
}

/** Stores the newest word on each incident; the same word again changes nothing. */
export async function storeIncidents(
  store: Pick<Store, 'insertRows'>,
  incidents: readonly IncidentDocument[],
): Promise<void> {
  const rows = incidents.map((incident) => ({
    id: incident.id,
    started_at: incident.started_at,
    resolved_at: incident.resolved_at,
    service: incident.service,
    env: incident.env,
    state: incident.state,
    document: JSON.stringify(incident),
    updated_at: incident.updated_at,
  }))
  await insert(store, 'incidents', rows)
}

async function insert(store: Pick<Store, 'insertRows'>, table: StoreTable, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    const block = rows.slice(from, from + ROWS_PER_INSERT)
    // Each insert is its own: what is said again after something else was said is news.
    await store.insertRows(table, block, randomUUID())
  }
}

function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString()
}
