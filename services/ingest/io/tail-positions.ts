import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

const positionSchema = z.strictObject({
  /** Of these lines, under whatever name or in whatever copy they are. */
  id: z.string(),
  /** That it was found by, as it is in the configuration. */
  pattern: z.string(),
  path: z.string(),
  /** Device and inode. */
  identity: z.string(),
  /** How the file begins: another file may come under its identity. */
  head: z.strictObject({ bytes: z.int(), sha256: z.string() }),
  /** All before it is safe. */
  offset: z.int(),
  /** All before it may have been sent: it is sent again as one, under the same token. */
  plannedEnd: z.int(),
  /** `plannedEnd` is within a line that was too long. */
  isLineLeft: z.boolean(),
  /** The file has another name than it was found under, or none, or is a copy: sooner or later nobody writes to it. */
  isRotated: z.boolean(),
})
export type TailPosition = z.infer<typeof positionSchema>

const positionsSchema = z.strictObject({
  /** Patterns that were looked at once: a file that appears under one of them is new. */
  begun: z.array(z.string()),
  files: z.array(positionSchema),
})

/** How far each file was read. */
export type TailPositions = z.infer<typeof positionsSchema>

export interface PositionStore {
  /** Undefined when nothing was saved yet. */
  load(): Promise<TailPositions | undefined>
  /** Resolves once they would survive a loss of power. */
  save(positions: TailPositions): Promise<void>
}

/** Keeps positions in the file `path`, whose directory is there; a file that can't be read is an error, not a new start. */
export function createPositionStore(path: string): PositionStore {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      })
      return text === undefined ? undefined : positionsSchema.parse(JSON.parse(text))
    },
    async save(positions) {
      const fresh = `${path}.new`
      await writeDurably(fresh, JSON.stringify(positions))
      await rename(fresh, path)
      await syncDirectory(dirname(path))
    },
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
