import { z } from 'zod'
import type { Share } from '../../../shared/bus/bus.ts'
import type { Store } from '../../../shared/store/store.ts'

/** The first cell that was not judged yet of any part that is ours (its number); undefined before all were judged once. */
export async function readCheckpoint(store: Pick<Store, 'query'>, share: Share): Promise<number | undefined> {
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
  share: Share,
): Promise<void> {
  const names = namesOf(share)
  const rows = names.map((name) => ({ name, position: cell, updated_at: new Date(nowMs).toISOString() }))
  await store.insertRows('checkpoints', rows, `${names[0]}+${names.length}:${cell}:${nowMs}`)
}

function namesOf({ owned, of }: Share): string[] {
  return of === 1 ? ['detector'] : owned.map((part) => `detector:${part}/${of}`)
}
