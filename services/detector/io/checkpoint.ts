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

interface Reached {
  readonly cell: number
  readonly nowMs: number
}

export function writeCheckpoint(store: Pick<Store, 'insertRows'>, reached: Reached, share: Part): Promise<void> {
  return write(store, namesOf(share), reached)
}

/** Notes that the past is being read, up to which cell: true until the next checkpoint is written. */
export function writeStart(store: Pick<Store, 'insertRows'>, reached: Reached, share: Part): Promise<void> {
  const names = namesOf(share).map((name) => `starting ${name}`)
  return write(store, names, reached)
}

async function write(store: Pick<Store, 'insertRows'>, names: readonly string[], { cell, nowMs }: Reached) {
  const rows = names.map((name) => ({ name, position: cell, updated_at: new Date(nowMs).toISOString() }))
  await store.insertRows('checkpoints', rows, `${names[0]}+${names.length}:${cell}:${nowMs}`)
}

/** Who watches some services only is apart from who watches the others: it judges later. */
export function namesOf({ owned, of, services }: Part): string[] {
  const who = services === undefined || services.only.length === 0 ? 'detector' : `late ${services.only.join(' ')}`
  return of === 1 ? [who] : owned.map((part) => `${who}:${part}/${of}`)
}
