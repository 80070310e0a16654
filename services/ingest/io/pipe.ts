import type { Readable } from 'node:stream'
import { NO_SEAMS } from '../core/chunk-seams.ts'
import { MAX_LINE_BYTES } from '../core/parsed-block.ts'
import { cutTail } from '../core/tail-cut.ts'
import type { SourceOptions } from '../source-options.ts'
import { createLineQueue, type LineQueueCounts, type LineQueueDeps } from './line-queue.ts'

export interface PipeOptions {
  /** What people call it, such as `stdin`. */
  readonly source: string
  readonly input: Readable
  readonly options: SourceOptions
}

/** Takes access log lines from a pipe as they are written into it. */
export interface PipeSource {
  counts(): LineQueueCounts
  /** Resolves once nothing more comes and what came is safe, or was abandoned. */
  readonly ended: Promise<void>
  /** Takes nothing more, and resolves once what was taken is safe, or was refused again. */
  stop(): Promise<void>
}

const PENDING_BYTES_MAX = 8 * 1024 * 1024
const NEWLINE = 0x0a

/**
 * While lines are not taken the pipe is not read, so that its writer waits. What was read can't be read again: a process that is
 * killed loses what it had not yet stored.
 */
export function readPipe(deps: LineQueueDeps, { source, input, options }: PipeOptions): PipeSource {
  let haveRoom = (): void => {}
  const queue = createLineQueue(deps, { source, options }, () => haveRoom())
  let unread: Buffer = Buffer.alloc(0)
  let isLineLeft = false
  let isStopping = false

  function takeLines(isOver: boolean): void {
    for (;;) {
      const cut = cutTail(unread, NO_SEAMS, { bytesMax: 2 * MAX_LINE_BYTES, isLineLeft, isOver })
      if (cut.kind === 'wait') return
      const bytes = unread.subarray(0, cut.length)
      unread = unread.subarray(cut.length)
      isLineLeft = cut.isLineLeft
      if (cut.kind === 'send') queue.push(bytes.at(-1) === NEWLINE ? bytes.subarray(0, -1) : bytes)
    }
  }

  /** Resolves once the writer may go on; at once when there is nothing to wait for. */
  async function untilRoom(): Promise<void> {
    while (queue.pendingBytes() > PENDING_BYTES_MAX && !input.destroyed) {
      await new Promise<void>((resolve) => {
        haveRoom = resolve
      })
    }
  }

  async function readAll(): Promise<void> {
    try {
      for await (const piece of input) {
        unread = Buffer.concat([unread, piece])
        takeLines(false)
        await untilRoom()
      }
      deps.log.warn({ source }, 'its writer has closed the pipe: nothing more comes from there')
    } catch (error) {
      if (!isStopping) deps.log.error({ error, source }, 'the pipe can not be read any more')
    }
    // The last line may lack its end, but for one that we did not read to its end.
    if (!isStopping) takeLines(true)
    await queue.idle()
  }

  const ended = readAll()
  return {
    counts: queue.counts,
    ended,
    async stop() {
      isStopping = true
      input.destroy()
      haveRoom()
      await queue.stop()
      await ended
    },
  }
}
