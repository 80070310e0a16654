import { createHash } from 'node:crypto'
import type { Change } from '../../shared/domain/change.ts'
import { changeToWire } from '../../shared/domain/change-wire.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import { incidentToWire } from '../../shared/domain/incident-wire.ts'
import type { Store, StoreTable } from '../../shared/store/store.ts'

type Row = Readonly<Record<string, unknown>>

/** One insert carries its rows in one statement: few enough to stay small. */
const ROWS_PER_INSERT = 1_000

export async function storeChanges(store: Store, changes: readonly Change[]): Promise<void> {
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

export async function storeIncidents(store: Store, incidents: readonly Incident[]): Promise<void> {
  const rows = incidents.map((incident) => ({
    id: incident.id,
    started_at: rfc3339(incident.startedAtMs),
    resolved_at: incident.resolvedAtMs === null ? null : rfc3339(incident.resolvedAtMs),
    service: incident.service,
    env: incident.env,
    state: incident.state,
    document: JSON.stringify(incidentToWire(incident)),
    updated_at: rfc3339(incident.updatedAtMs),
  }))
  await insert(store, 'incidents', rows)
}

async function insert(store: Store, table: StoreTable, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    const block = rows.slice(from, from + ROWS_PER_INSERT)
    const hash = createHash('sha256').update(JSON.stringify(block)).digest('hex')
    await store.insertRows(table, block, `${table}:${from}:${hash}`)
  }
}

function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString()
}
