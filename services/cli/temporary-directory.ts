import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperationError } from '../../shared/runtime/errors.ts'

const ERASE_ATTEMPTS = 50
const QUIET_MS = 100
const QUIET_ROUNDS = 3
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A directory that only this user can read and that does not outlive the process, however it ends short of a kill -9. */
export interface TemporaryDirectory {
  readonly path: string
  remove(): void
}

/** `endsBySignal: false`: the caller listens for signals itself, and removes the directory in its own time. */
export function makeTemporaryDirectory({ endsBySignal = true } = {}): TemporaryDirectory {
  const path = makeDirectory()
  const erase = () => eraseDirectory(path)
  const onSignal = (signal: NodeJS.Signals) => {
    eraseForGood(path)
    // Raised again without us listening, so that the shell sees what ended the process.
    process.kill(process.pid, signal)
  }
  process.once('exit', erase)
  if (endsBySignal) for (const signal of SIGNALS) process.once(signal, onSignal)
  return {
    path,
    remove: () => {
      process.off('exit', erase)
      for (const signal of SIGNALS) process.off(signal, onSignal)
      erase()
    },
  }
}

/**
 * What the engine had begun when the signal came goes on in its own threads, and may make the directory anew after it was
 * erased. No new work begins while this waits, so it is over once nothing has come back for a while.
 */
function eraseForGood(path: string): void {
  for (let round = 0, quiet = 0; round < ERASE_ATTEMPTS && quiet < QUIET_ROUNDS; round += 1) {
    quiet = existsSync(path) ? 0 : quiet + 1
    eraseDirectory(path)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, QUIET_MS)
  }
}

/** Files may still be written into it: then again. */
function eraseDirectory(path: string): void {
  for (let attempt = 0; attempt < ERASE_ATTEMPTS && existsSync(path); attempt += 1) {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 10 })
    } catch {
      // Something was added while it was emptied.
    }
  }
}

function makeDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'culprit-'))
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new OperationError(
      `no temporary directory can be made in ${tmpdir()}${reason}: set TMPDIR to one with room`,
      {
        code: 'no_temporary_directory',
        retryable: false,
        cause,
      },
    )
  }
}
