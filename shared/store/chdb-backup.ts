import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { drainPending } from 'chdb'
import { openEmbeddedStore, openEngine } from './chdb.ts'
import { quoteText } from './clickhouse-client.ts'

/** By a file's name the engine knows how it is packed. */
const PACKED = '.tar.zst'

/**
 * Has the engine at `path` write all that it holds into the file `file`, while others in this process go on using it. A
 * block that is stored meanwhile is in the backup, or in a part of its tables, or not.
 * @throws OperationError with the engine's words, and leaves no file.
 */
export async function backUpEngine({ path, file }: { readonly path: string; readonly file: string }): Promise<void> {
  const written = `${resolve(file)}.part${PACKED}`
  const erase = () => Promise.all([written, `${written}.lock`].map((name) => rm(name, { force: true })))
  await erase()
  const engine = await openEngine({ path })
  try {
    await engine.command(`BACKUP DATABASE default TO File(${quoteText(written)})`)
    await rename(written, file)
  } finally {
    await engine.close()
    await erase()
  }
}

/**
 * Makes an engine at `path`, where none is, of what `backUpEngine` wrote, and brings its schema up to date.
 * @throws OperationError `schema_newer` for one of a newer program, or with the engine's words for what is no backup.
 */
export async function restoreEngine({ path, file }: { readonly path: string; readonly file: string }): Promise<void> {
  await mkdir(path, { recursive: true })
  const named = join(path, `restored${PACKED}`)
  await symlink(resolve(file), named)
  const engine = await openEngine({ path })
  await engine.command(`RESTORE DATABASE default FROM File(${quoteText(resolve(named))})`).finally(async () => {
    await engine.close()
    // Whoever was refused removes the directory, in which nothing may be written any more.
    await drainPending()
  })
  await rm(named)
  const store = await openEmbeddedStore({ path })
  await store.close()
  await drainPending()
}

/** @throws OperationError when another process has the engine at `path`. */
export async function makeSureUnused(path: string): Promise<void> {
  const engine = await openEngine({ path })
  await engine.close()
  await drainPending()
}
