import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FilePattern } from '../core/file-pattern.ts'
import type { TailPosition } from './tail-positions.ts'

/** A log file that is held open: it can be read to its end whatever becomes of its name. */
export interface OpenLog {
  readonly path: string
  /** Device and inode. */
  readonly identity: string
  sizeBytes(): Promise<number>
  /** At most `length` bytes from `offset`; fewer where the file ends. */
  read(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** How a file begins, and how much of it that is. */
export type Head = TailPosition['head']

const HEAD_BYTES_MAX = 1_024

/** Undefined when there is no such file (any more), or it may not be read. */
export async function openLog(path: string): Promise<OpenLog | undefined> {
  // A pipe by that name must not make us wait for its writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined)
  if (handle === undefined) return undefined
  const stats = await handle.stat({ bigint: true })
  if (!stats.isFile()) {
    await handle.close()
    return undefined
  }
  return {
    path,
    identity: identityOf(stats),
    sizeBytes: async () => (await handle.stat()).size,
    read: (offset, length) => readFully(handle, offset, length),
    close: () => handle.close(),
  }
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

export interface NamedFile {
  readonly path: string
  readonly name: string
  readonly identity: string
}

/** The files that are meant, in the order of their names; at most `filesMax`. */
export async function listFiles(pattern: FilePattern, filesMax: number): Promise<NamedFile[]> {
  const names = await readdir(pattern.directory).catch(() => [])
  const meant = names.filter((name) => pattern.matches(name)).toSorted()
  const files: NamedFile[] = []
  for (const name of meant) {
    const path = join(pattern.directory, name)
    const stats = await stat(path, { bigint: true }).catch(() => undefined)
    if (stats?.isFile() === true) files.push({ path, name, identity: identityOf(stats) })
    if (files.length === filesMax) break
  }
  return files
}

function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}-${ino}`
}

/** The first bytes of the file, as many as tell it from others. */
export async function readHead(log: OpenLog, bytesMax = HEAD_BYTES_MAX): Promise<Head> {
  const bytes = await log.read(0, bytesMax)
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Does the file begin as it did? */
export async function beginsWith(log: OpenLog, head: Head): Promise<boolean> {
  if (head.bytes === 0) return true
  const now = await readHead(log, head.bytes)
  return now.sha256 === head.sha256
}
