import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../shared/runtime/errors.ts'

/** Of the embedded engine, below the directory of the configuration. */
const STORE = 'store'

export function hasStore(directory: string): boolean {
  return existsSync(join(directory, STORE))
}

/** Backs up the embedded store below `directory` into a new file, of which only this process knows; returns its path. */
export async function backUpStore(directory: string): Promise<string> {
  const { backUpEngine } = await import('../../shared/store/chdb-backup.ts')
  const folder = join(directory, STORE, 'backups')
  // One is made at a time: what is there was left by a process that was killed.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const file = join(folder, randomUUID())
  await backUpEngine({ path: join(directory, STORE), file })
  return file
}

/**
 * Makes the embedded store below `directory` of the backup `file`. One that is there already is put aside, if that was
 * asked for; returns where. Until the new one is whole, nothing is changed.
 */
export async function restoreStore(options: {
  readonly file: string
  readonly directory: string
  readonly replaces: boolean
  readonly nowMs: number
}): Promise<string | undefined> {
  const { file, directory, replaces, nowMs } = options
  const place = join(directory, STORE)
  if (!existsSync(file)) throw new InputError(`${file}: no such file`)
  const isTaken = existsSync(place)
  if (isTaken && !replaces)
    throw new InputError(`${place} is there already: --replace puts it aside, once the server is stopped`)
  const { makeSureUnused, restoreEngine } = await import('../../shared/store/chdb-backup.ts')
  if (isTaken) await makeSureUnused(place)
  const fresh = `${place}.restoring`
  await rm(fresh, { recursive: true, force: true })
  await restoreEngine({ path: fresh, file }).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true })
    throw error
  })
  const aside = `${place}.before-${new Date(nowMs).toISOString().replaceAll(':', '')}`
  if (isTaken) await rename(place, aside)
  await rename(fresh, place)
  return isTaken ? aside : undefined
}
