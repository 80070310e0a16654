import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../shared/runtime/log.ts'
import { type ChunkSeams, createChunkSeams } from '../core/chunk-seams.ts'
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
  /** One line, or several that come together, without the last one's end. */
  push(lines: Uint8Array): void
  pendingBytes(): number
  counts(): LineQueueCounts
  /** Resolves once nothing waits to be sent. */
  idle(): Promise<void>
  /** Sends what is there, once; resolves when that is done. */
  stop(): Promise<void>
}

interface LineReader {
  readonly parser: BlockParserOptions
  readonly seams: ChunkSeams
}

const NEWLINE_BYTE = 0x0a
const NEWLINE = Buffer.of(NEWLINE_BYTE)
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
  let sendingBytes = 0
  let reader: LineReader | undefined
  let sending: Promise<void> | undefined

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {})

  /** Whole lines that are read by themselves; one that goes on stays, unless it stood there alone. */
  function takeBatch(): Buffer {
    let [bytes, count] = [0, 0]
    for (const lines of pending) {
      bytes += lines.length
      if (count > 0 && bytes > BATCH_BYTES) break
      count += 1
    }
    const all = Buffer.concat(pending.splice(0, count).flatMap((lines) => [lines, NEWLINE]))
    pendingBytes -= all.length - count
    reader ??= chooseReader(of.options, all)
    const length = reader?.seams.wholeLines(all) ?? all.length
    if (length === 0 || length === all.length) return all
    const rest = all.subarray(length, -NEWLINE.length)
    pending.unshift(rest)
    pendingBytes += rest.length
    return all.subarray(0, length)
  }

  async function sendAll(): Promise<void> {
    while (pending.length > 0) {
      // Few lines wait for others to go with; a full batch does not.
      if (pendingBytes < BATCH_BYTES) await pause(LINGER_MS)
      const bytes = takeBatch()
      sendingBytes = bytes.length
      const isTaken = await send(bytes)
      if (!isTaken) counts.abandonedLines += countLines(bytes)
      sendingBytes = 0
      onSent()
    }
  }

  async function send(bytes: Buffer): Promise<boolean> {
    const parser = reader?.parser ?? rejectingParser(of.options)
    const directives = reader?.seams.directivesBefore(bytes) ?? ''
    const lines = { bytes, source: of.source, token: deps.newToken(), parser, directives }
    for (;;) {
      try {
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
    push(lines) {
      pending.push(lines)
      pendingBytes += lines.length
      sending ??= sendAll().finally(() => {
        sending = undefined
      })
    },
    pendingBytes: () => pendingBytes + sendingBytes,
    counts: () => counts,
    idle: async () => sending,
    async stop() {
      stopping.abort()
      await sending
      const { abandonedLines } = counts
      if (abandonedLines > 0) deps.log.error({ source: of.source, abandonedLines }, 'stopped before lines were taken')
    },
  }
}

/** Told by the first lines that tell the format. */
function chooseReader(options: SourceOptions, bytes: Uint8Array): LineReader | undefined {
  const parser = tryParser(options, bytes)
  return parser === undefined ? undefined : { parser, seams: createChunkSeams(parser.format) }
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE_BYTE); at !== -1; at = bytes.indexOf(NEWLINE_BYTE, at + 1)) count += 1
  return count
}
