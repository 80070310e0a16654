import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperationError } from '../../shared/runtime/errors.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A directory that only this user can read and that does not outlive the process, however it ends short of a kill -9. */
export interface TemporaryDirectory {
  readonly path: string
  remove(): void
}

export function makeTemporaryDirectory(): TemporaryDirectory {
  const path = makeDirectory()
  const erase = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  const onSignal = (signal: NodeJS.Signals) => {
    erase()
    // Raised again without us listening, so that the shell sees what ended the process.
    process.kill(process.pid, signal)
  }
  process.once('exit', erase)
  for (const signal of SIGNALS) process.once(signal, onSignal)
  return {
    path,
    remove: () => {
      process.off('exit', erase)
      for (const signal of SIGNALS) process.off(signal, onSignal)
      erase()
    },
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
