import { randomUUID } from 'node:crypto'
import type { Change } from '../../../shared/domain/change.ts'
import { changeToWire } from '../../../shared/domain/change-wire.ts'
import type { Feedback } from '../../../shared/domain/command.ts'
import type { IncidentDocument } from '../../../shared/domain/incident-wire.ts'
import type { Store, StoreTable } from '../../../shared/store/store.ts'

/** Stands where a change's status does. */
export const DELETED = 'deleted'

type Row = Readonly<Record<string, unknown>>

/** One insert carries its rows in one statement: few enough to stay small. */
const ROWS_PER_INSERT = 1_000

/** Stores what is known of each change; the same again changes nothing. */
export async function storeChanges(store: Pick<Store, 'insertRows'>, changes: readonly Change[]): Promise<void> {
  await insert(store, 'changes', changes.map(changeRow))
}

/** Nobody reads a deleted change any more; its row stays, so that a late report of it does not bring it back. */
export async function storeDeletedChange(store: Pick<Store, 'insertRows'>, change: Change, at: string): Promise<void> {
  const row = changeRow(change)
  await insert(store, 'changes', [{ ...row, status: DELETED, updated_at: at > row.updated_at ? at : row.updated_at }])
}

function changeRow(change: Change) {
  return {
    id: change.id,
    ts: rfc3339(change.startedAtMs),
    finished_at: change.finishedAtMs === undefined ? null : rfc3339(change.finishedAtMs),
    kind: change.kind,
    service: change.service ?? '',
    env: change.env,
    status: change.status,
    document: JSON.stringify(changeToWire(change)),
    updated_at: rfc3339(change.finishedAtMs ?? change.startedAtMs),
  }
}

/** What people said of incidents' suspects, in their own words, kept longer than any incident is remembered. */
export async function storeFeedback(store: Pick<Store, 'insertRows'>, feedback: readonly Feedback[]): Promise<void> {
  const rows = feedback.map((given) => ({
    id: given.id,
    incident_id: given.incident_id,
    verdict: given.verdict,
    suspect_id: given.suspect_id ?? '',
    change_id: given.change_id ?? '',
    author: given.author ?? '',
    document: JSON.stringify(given),
    updated_at: given.at,
  }))
  await insert(store, 'feedback', rows)
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
