import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { run } from '../../services/cli/run.ts'

/** What a user runs. */
export const BUILT_COMMAND = fileURLToPath(new URL('../../dist/services/cli/bin.cjs', import.meta.url))
const SAMPLE = fileURLToPath(new URL('../fixtures/sample/', import.meta.url))

export const sampleLog = `${SAMPLE}access.log.gz`
export const sampleChanges = `${SAMPLE}deploys.ndjson`

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  /** Leaves standard input open, as a pipe is that nobody writes to. */
  readonly keepInputOpen?: boolean
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Called with the process as soon as it runs. */
  readonly onStart?: (child: ReturnType<typeof spawn>) => void
}

/** Runs the built command line as a user would. */
export function runCulprit(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  if (!existsSync(BUILT_COMMAND)) throw new Error('the product is not built: run `npm run build` first')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUILT_COMMAND, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
    })
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
    child.stdin.on('error', () => {})
    if (options.keepInputOpen !== true) child.stdin.end(options.input)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }))
    options.onStart?.(child)
  })
}

/**
 * Runs a command line within this process, which spares the second that Node takes to start: for what is told of many command
 * lines alike. What a process has beyond that, signals, pipes, a working directory, `runCulprit` shows.
 */
export async function runHere(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Omit<Ran, 'signal'>> {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const terminal = {
    stdin: Readable.from([]),
    columns: 80,
    colour: false,
    watched: false,
    write: async (text: string) => void stdout.push(text),
    writeError: (text: string) => void stderr.push(text),
    flush: async () => {},
  }
  const code = await run(args, { terminal, environment, nowMs: Date.now })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}
