import { connect, type Socket } from 'node:net'
import { type AddressGuardOptions, createAddressGuard } from './address-guard.ts'

export interface GuardedConnection {
  readonly socket: Socket
  /** Whether the host is allowed by name; any other may be talked to over TLS alone. */
  readonly isTrusted: boolean
}

export type GuardedConnect = (host: string, port: number) => Promise<GuardedConnection>

const CONNECT_MS_MAX = 5_000

/**
 * Connects over TCP as the guarded fetch does: the name is looked up once, and the address that was judged is the one that is
 * connected to. Rejects with an OperationError where that is refused, else with what the system says.
 */
export function createGuardedConnect(options: AddressGuardOptions): GuardedConnect {
  const guard = createAddressGuard(options)
  return async (host, port) => {
    const refused = guard.refusalOf(host)
    if (refused !== undefined) throw refused
    const socket = connect({ host, port, lookup: guard.lookup })
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_MS_MAX)
      // Stays, so that a connection that breaks before anybody listens ends no process.
      socket.on('error', reject)
      socket.once('connect', resolve)
      for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer))
    })
    return { socket, isTrusted: guard.isAllowedByName(host) }
  }
}
