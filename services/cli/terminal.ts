import type { Readable } from 'node:stream'

/** Where a command reads from and speaks to. */
export interface Terminal {
  readonly stdin: Readable
  /** Of standard output, when it is a terminal; 80 otherwise. */
  readonly columns: number
  /** Whether standard output understands colours and wants them. */
  readonly colour: boolean
  /** Whether somebody watches standard error: only then is progress shown. */
  readonly watched: boolean
  /** Resolves once standard output can take more. */
  write(text: string): Promise<void>
  writeError(text: string): void
  /** Resolves once all that was written has left. */
  flush(): Promise<void>
}

type Process = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env' | 'exit'>

const COLUMNS = 80

/** The terminal of this process. A reader that closes the pipe early, as `head` does, ends it quietly. */
export function openTerminal(process: Process): Terminal {
  const { stdout, stderr, env } = process
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
  return {
    // Opened when asked for: a command that reads files leaves standard input alone.
    get stdin() {
      return process.stdin
    },
    columns: stdout.isTTY ? stdout.columns : COLUMNS,
    colour: stdout.isTTY === true && isUnset(env['NO_COLOR']) && env['TERM'] !== 'dumb',
    watched: stderr.isTTY === true,
    write: async (text) => {
      if (!stdout.write(text)) await new Promise((resolve) => stdout.once('drain', resolve))
    },
    writeError: (text) => {
      stderr.write(text)
    },
    flush: async () => {
      await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))))
    },
  }
}

/** no-color.org: any value but an empty one. */
function isUnset(value: string | undefined): boolean {
  return value === undefined || value === ''
}
