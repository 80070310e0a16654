import { spawnSync } from 'node:child_process'
import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The command that runs another one with a disk of `kib` at `folder` of its working directory, made when missing. Nobody else
 * sees the disk, and it is gone with the process; no rights are needed where anybody may make a namespace.
 */
export function onSmallDisk(folder: string, kib: number): readonly string[] {
  const script = `mkdir -p "$1" && mount -t tmpfs -o size="$2"k tmpfs "$1" && shift 2 && exec "$@"`
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', folder, String(kib)]
}

/** Says that tests are skipped where no disk can be mounted. */
export function canMount(folder: string): boolean {
  const [program = '', ...args] = onSmallDisk(folder, 64)
  const can = spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0
  if (!can) process.stdout.write('skipped: no mount\n')
  return can
}

const PIECE_BYTES = 64 * 1024

/** Fills the disk at `path`, as process `pid` sees it, to its last byte, and returns what empties it again. */
export async function fillDisk(pid: number, path: string): Promise<() => Promise<void>> {
  const file = join(`/proc/${pid}/root`, path, 'filler')
  for (let bytes = PIECE_BYTES; bytes >= 1; ) {
    const isFull = await writeFile(file, Buffer.alloc(bytes), { flag: 'a' }).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error
        return true
      },
    )
    if (isFull) bytes = Math.floor(bytes / 2)
  }
  if ((await stat(file)).size === 0) throw new Error(`${file}: nothing was written`)
  return () => rm(file)
}
