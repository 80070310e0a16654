import type { Terminal } from './terminal.ts'

/** What a command gets from the process that it runs in. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly nowMs: () => number
}
