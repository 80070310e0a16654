import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'

const NAME = 'detector'

/** The first cell that was not judged yet (its number); undefined before the first run. */
export async function readCheckpoint(store: Pick<Store, 'query'>): Promise<number | undefined> {
  const rows = await store.query(
    z.object({ position: z.coerce.number() }),
    'SELECT position FROM checkpoints FINAL WHERE name = {name:String}',
    { name: NAME },
  )
  return rows[0]?.position
}

export async function writeCheckpoint(store: Pick<Store, 'insertRows'>, cell: number, nowMs: number): Promise<void> {
  const row = { name: NAME, position: cell, updated_at: new Date(nowMs).toISOString() }
  await store.insertRows('checkpoints', [row], `${NAME}:${cell}:${nowMs}`)
}
