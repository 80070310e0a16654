import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { OperationError } from '../../../shared/runtime/errors.ts'
import { MAX_LINE_BYTES } from '../core/parsed-block.ts'
import { createSyslogFrames, onOneLine } from '../core/syslog-frames.ts'
import type { SourceOptions } from '../source-options.ts'
import { createLineQueue, type LineQueueCounts, type LineQueueDeps } from './line-queue.ts'

export interface SyslogOptions {
  readonly protocol: 'udp' | 'tcp'
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly options: SourceOptions
}

export interface SyslogCounts extends LineQueueCounts {
  readonly receivedMessages: number
  /** UDP: messages for which there was no room here. */
  readonly droppedMessages: number
  /** UDP: messages that the system dropped, which had no room for them either; 0 where it doesn't say. */
  readonly kernelDroppedMessages: number
  /** TCP: messages longer than a line may be. */
  readonly tooLongMessages: number
}

/** Takes syslog messages, RFC 3164 or 5424, around access log lines. */
export interface SyslogSource {
  readonly port: number
  counts(): SyslogCounts
  /** Takes nothing more, and resolves once what was taken is safe, or was refused again. */
  stop(): Promise<void>
}

const PENDING_BYTES_MAX = 8 * 1024 * 1024
const CONNECTIONS_MAX = 256
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

/** @throws OperationError when the address can't be listened on. */
export function openSyslog(deps: LineQueueDeps, options: SyslogOptions): Promise<SyslogSource> {
  const { format } = options.options
  const inEnvelope =
    format === 'auto' || format.envelope !== undefined ? format : { ...format, envelope: 'syslog' as const }
  const wrapped = { ...options, options: { ...options.options, format: inEnvelope } }
  return options.protocol === 'udp' ? listenUdp(deps, wrapped) : listenTcp(deps, wrapped)
}

async function listenUdp(deps: LineQueueDeps, { host, port, options }: SyslogOptions): Promise<SyslogSource> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES })
  const queue = createLineQueue(deps, { source: 'syslog', options }, () => {})
  let [receivedMessages, droppedMessages] = [0, 0]
  socket.on('message', (message) => {
    receivedMessages += 1
    if (queue.pendingBytes() + message.length > PENDING_BYTES_MAX) droppedMessages += 1
    else queue.push(onOneLine(message))
  })
  const listening = once(socket, 'listening')
  socket.bind(port, host)
  await listening.catch((cause: unknown) => Promise.reject(notListening(`udp on ${host}:${port}`, cause)))
  socket.on('error', (error) => deps.log.error({ error }, 'syslog over udp: receiving failed'))
  const bound = socket.address().port
  return {
    port: bound,
    counts: () => ({
      ...queue.counts(),
      receivedMessages,
      droppedMessages,
      kernelDroppedMessages: kernelDrops(bound),
      tooLongMessages: 0,
    }),
    async stop() {
      socket.close()
      await queue.stop()
    },
  }
}

async function listenTcp(deps: LineQueueDeps, { host, port, options }: SyslogOptions): Promise<SyslogSource> {
  const sockets = new Set<Socket>()
  let [receivedMessages, tooLongMessages] = [0, 0]
  const isFull = () => queue.pendingBytes() > PENDING_BYTES_MAX
  const queue = createLineQueue(deps, { source: 'syslog', options }, () => {
    if (!isFull()) for (const socket of sockets) socket.resume()
  })

  function serve(socket: Socket): void {
    const frames = createSyslogFrames(MAX_LINE_BYTES)
    const take = (messages: readonly Buffer[]) => {
      receivedMessages += messages.length
      for (const message of messages) queue.push(message)
      // The sender waits, as TCP has it.
      if (isFull()) socket.pause()
    }
    sockets.add(socket)
    socket.on('data', (bytes) => take(frames.push(bytes)))
    socket.on('end', () => take(frames.rest()))
    // Whoever went away is gone; its messages were taken.
    socket.on('error', () => {})
    socket.on('close', () => {
      tooLongMessages += frames.tooLongCount()
      sockets.delete(socket)
    })
  }

  const server = createServer(serve)
  server.maxConnections = CONNECTIONS_MAX
  const listening = once(server, 'listening')
  server.listen(port, host)
  await listening.catch((cause: unknown) => Promise.reject(notListening(`tcp on ${host}:${port}`, cause)))
  return {
    port: (server.address() as AddressInfo).port,
    counts: () => ({
      ...queue.counts(),
      receivedMessages,
      droppedMessages: 0,
      kernelDroppedMessages: 0,
      tooLongMessages,
    }),
    async stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await queue.stop()
    },
  }
}

function notListening(where: string, cause: unknown): OperationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new OperationError(`syslog over ${where}: ${reason}`, {
    code: 'not_listening',
    retryable: false,
    cause,
  })
}

/** What Linux says of the sockets on this port: the last column of /proc/net/udp. */
function kernelDrops(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  let drops = 0
  for (const table of ['/proc/net/udp', '/proc/net/udp6']) {
    for (const row of readTable(table)) {
      const columns = row.trim().split(/\s+/)
      if (columns[1]?.endsWith(suffix) === true) drops += Number(columns.at(-1) ?? 0)
    }
  }
  return drops
}

function readTable(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
