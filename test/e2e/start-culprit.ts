import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/services/cli/bin.cjs', import.meta.url))

export interface StartedCulprit {
  readonly address: string
  readonly process: ChildProcess
  /** Its exit code, null when a signal ended it. */
  readonly ended: Promise<number | null>
}

export interface StartOptions {
  /** After `start`. */
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** A command that ends by running what follows it, in the same process. */
  readonly through?: readonly string[]
}

/** Runs the built `culprit start` over `directory`, and waits until it listens. */
export async function startCulprit(
  directory: string,
  { args = [], environment = {}, through = [] }: StartOptions = {},
): Promise<StartedCulprit> {
  const [program = process.execPath, ...rest] = [...through, process.execPath, MAIN, 'start', ...args]
  const child = spawn(program, rest, {
    cwd: directory,
    env: { ...process.env, CULPRIT_LISTEN__PORT: '0', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  let said = ''
  for await (const piece of child.stdout) {
    said += String(piece)
    const address = /listens on (http:\S+)/.exec(said)?.[1]
    if (address !== undefined) return { address, process: child, ended }
  }
  throw new Error(`it ended before it listened: ${said}`)
}
