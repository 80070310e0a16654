import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../shared/runtime/log.ts'
import type { BlockParserOptions } from '../core/parsed-block.ts'
import type { ReceiveEvents } from '../receive-events.ts'
import { rejectingParser, type SourceOptions, tryParser } from '../source-options.ts'

export interface LineQueueDeps {
  readonly receive: ReceiveEvents
  readonly newToken: () => string
  readonly log: Log
}

export interface LineQueueCounts {
  readonly acceptedEvents: number
  readonly rejectedLines: number
  readonly clampedEvents: number
  /** Times that lines were not taken, and sent again. */
  readonly refusals: number
  /** Lines that had not been taken when we stopped. */
  readonly abandonedLines: number
}

/** Lines of a sender who can't be asked to send them again. */
export interface LineQueue {
  push(line: Uint8Array): void
  pendingBytes(): number
  counts(): LineQueueCounts
  /** Sends what is there, once; resolves when that is done. */
  stop(): Promise<void>
}

const NEWLINE = Buffer.from('\n')
const BATCH_BYTES = 512 * 1024
const LINGER_MS = 100
const RETRY_MS = 1_000

/** Lines are sent in batches, one after the other, each until it is taken. `onSent` is called as room is made. */
export function createLineQueue(
  deps: LineQueueDeps,
  of: { readonly source: string; readonly options: SourceOptions },
  onSent: () => void,
): LineQueue {
  const counts = { acceptedEvents: 0, rejectedLines: 0, clampedEvents: 0, refusals: 0, abandonedLines: 0 }
  const stopping = new AbortController()
  const pending: Uint8Array[] = []
  let pendingBytes = 0
  let parser: BlockParserOptions | undefined
  let sending: Promise<void> | undefined

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {})

  function takeBatch(): Uint8Array[] {
    let [bytes, count] = [0, 0]
    for (const line of pending) {
      bytes += line.length
      if (count > 0 && bytes > BATCH_BYTES) break
      count += 1
    }
    return pending.splice(0, count)
  }

  async function sendAll(): Promise<void> {
    while (pending.length > 0) {
      // Few lines wait for others to go with; a full batch does not.
      if (pendingBytes < BATCH_BYTES) await pause(LINGER_MS)
      const batch = takeBatch()
      const bytes = Buffer.concat(batch.flatMap((line) => [line, NEWLINE]))
      parser ??= tryParser(of.options, bytes)
      const isTaken = await send(bytes)
      if (!isTaken) counts.abandonedLines += batch.length
      pendingBytes -= bytes.length - batch.length
      onSent()
    }
  }

  async function send(bytes: Buffer): Promise<boolean> {
    const token = deps.newToken()
    for (;;) {
      try {
        const lines = { bytes, source: of.source, token, parser: parser ?? rejectingParser(of.options) }
        const receipt = await deps.receive(lines)
        counts.acceptedEvents += receipt.accepted
        counts.rejectedLines += receipt.rejected
        counts.clampedEvents += receipt.clamped
        return true
      } catch (error) {
        counts.refusals += 1
        if (stopping.signal.aborted) return false
        deps.log.warn({ error, source: of.source }, 'lines are not taken; they are sent again')
        await pause(RETRY_MS)
      }
    }
  }

  return {
    push(line) {
      pending.push(line)
      pendingBytes += line.length
      sending ??= sendAll().finally(() => {
        sending = undefined
      })
    },
    pendingBytes: () => pendingBytes,
    counts: () => counts,
    async stop() {
      stopping.abort()
      await sending
    },
  }
}
