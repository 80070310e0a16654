import { execFileSync, spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('sync-fault.c', import.meta.url))

/** Says that tests are skipped where there is no C compiler. */
export function canCompile(): boolean {
  const can = spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0
  if (!can) process.stdout.write('skipped: no C compiler\n')
  return can
}

export interface SyncFault {
  /** For a process that is to have the fault. */
  readonly environment: Readonly<Record<string, string>>
  /** From now on every fsync of it fails with EIO. */
  begin(): Promise<void>
  end(): Promise<void>
}

/** A disk that can be made to confirm nothing; what is needed for it lies in `directory`. */
export async function createSyncFault(directory: string): Promise<SyncFault> {
  const library = join(directory, 'sync-fault.so')
  const flag = join(directory, 'sync-fails')
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, SOURCE])
  return {
    environment: { LD_PRELOAD: library, SYNC_FAULT: flag },
    begin: () => writeFile(flag, ''),
    end: () => rm(flag),
  }
}
