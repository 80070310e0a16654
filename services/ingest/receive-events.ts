// Log lines in from any source, canonical events out on the bus. A receipt says that the events are safe; a rejection that
// nothing of them was kept, so the source sends them again. What is no event goes to `rejects`, with the reason.
import type { Bus } from '../../shared/bus/bus.ts'
import { MESSAGE_BYTES_MAX, TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { clampFuture } from './core/clamp-future.ts'
import { ndjsonLines } from './core/ndjson-lines.ts'
import { createBlockParser } from './core/parse-block.ts'
import type { BlockParserOptions, Reject } from './core/parsed-block.ts'

/** Whole lines and where they came from. */
export interface ReceivedLines {
  readonly bytes: Uint8Array
  /** For people, and the key on the bus: a file, a peer, a topic. */
  readonly source: string
  /** The same token again is the same lines again. */
  readonly token: string
  readonly parser: BlockParserOptions
}

export interface Receipt {
  readonly accepted: number
  readonly rejected: number
  /** Events whose clock ran ahead of ours; they count as of now. */
  readonly clamped: number
  /** Earliest first, as many as a block keeps. */
  readonly rejects: readonly Reject[]
}

export interface ReceiverDeps {
  readonly publish: Bus['publish']
  readonly storeRejects: (rejects: readonly Reject[], token: string) => Promise<void>
  readonly nowMs: () => number
}

export type ReceiveEvents = (lines: ReceivedLines) => Promise<Receipt>

/** What a well-kept clock may be ahead. */
const CLOCK_SKEW_MS = 2_000

export function createReceiver(deps: ReceiverDeps): ReceiveEvents {
  return async ({ bytes, source, token, parser }) => {
    const block = createBlockParser(parser).parse(bytes, { source, firstLine: 1, firstByte: 0 })
    const clamped = clampFuture(block.columns.atMs.subarray(0, block.columns.rows), deps.nowMs() + CLOCK_SKEW_MS)
    const messages = [...ndjsonLines(block.columns, MESSAGE_BYTES_MAX)].map((value, index) => ({
      key: source,
      value,
      headers: { [TOKEN_HEADER]: `${token}#${index}` },
    }))
    await deps.publish('access-events', messages)
    if (block.rejects.length > 0) await deps.storeRejects(block.rejects, token)
    return { accepted: block.parsed, rejected: block.rejected, clamped, rejects: block.rejects }
  }
}
