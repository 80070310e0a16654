import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { createServerClient, type ServerClient } from './server-client.ts'

export interface ServerFlags {
  readonly server?: string
}

const DEFAULT_SERVER = 'http://127.0.0.1:8080'

export function addServerOption(command: Command): Command {
  return command.option('--server <URL>', `the running server; else CULPRIT_SERVER, else ${DEFAULT_SERVER}`)
}

/** The token comes from the environment alone: a command line is seen by every user of the machine. */
export function connect({ server }: ServerFlags, { environment }: CommandContext): ServerClient {
  const url = server ?? environment['CULPRIT_SERVER'] ?? DEFAULT_SERVER
  return createServerClient({ url, token: environment['CULPRIT_TOKEN'] })
}
