import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import type { Part } from './part.ts'

/** The first cell that was not judged yet of any part that is ours (its number); undefined before all were judged once. */
export async function readCheckpoint(store: Pick<Store, 'query'>, share: Part): Promise<number | undefined> {
  const names = namesOf(share)
  const rows = await store.query(
    z.object({ position: z.coerce.number() }),
    'SELECT position FROM checkpoints FINAL WHERE name IN {names:Array(String)}',
    { names },
  )
  if (rows.length < names.length) return undefined
  return Math.min(...rows.map(({ position }) => position))
}

export async function writeCheckpoint(
  store: Pick<Store, 'insertRows'>,
  { cell, nowMs }: { readonly cell: number; readonly nowMs: number },
  share: Part,
): Promise<void> {
  const names = namesOf(share)
  const rows = names.map((name) => ({ name, position: cell, updated_at: new Date(nowMs).toISOString() }))
  await store.insertRows('checkpoints', rows, `${names[0]}+${names.length}:${cell}:${nowMs}`)
}

/** Who watches some services only is apart from who watches the others: it judges later. */
function namesOf({ owned, of, services }: Part): string[] {
  const who = services === undefined || services.only.length === 0 ? 'detector' : `late ${services.only.join(' ')}`
  return of === 1 ? [who] : owned.map((part) => `${who}:${part}/${of}`)
}
