import { OperationError } from '../../shared/runtime/errors.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { DeliveryError } from './io/channel.ts'

export interface OutboxDeps {
  /** Says what there is to say of one incident now. Rejects with an OperationError. */
  readonly deliver: (incidentId: string) => Promise<void>
  /** What can't be delivered, ever. */
  readonly drop: (incidentId: string, error: unknown) => Promise<void>
  /** Resolves after so long, or as soon as the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/** What waits to be said on one channel: in order, one at a time, tried again until it is said. */
export interface Outbox {
  /** An incident that waits already keeps its place, and what is new of it goes along. */
  add(incidentId: string): void
  /** How many wait. */
  size(): number
  /** Resolves once nothing waits. */
  idle(): Promise<void>
  /** Begins nothing more, and resolves once what was begun is done. */
  stop(): Promise<void>
}

const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 60_000
/** One that failed so often in a row lets the others pass. */
const TRIES_AT_THE_HEAD = 5

export function createOutbox({ deliver, drop, sleep, log }: OutboxDeps): Outbox {
  const waiting = new Set<string>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let failures = 0

  /** How long to wait before the next; 0 after what went well. */
  async function sendFirst(incidentId: string): Promise<number> {
    // Taken out first: what comes in while it is sent makes it wait again.
    waiting.delete(incidentId)
    try {
      await deliver(incidentId)
      failures = 0
      return 0
    } catch (error) {
      if (!(error instanceof OperationError) || !error.retryable) {
        failures = 0
        log.error({ error }, 'a notice could not be delivered and is given up')
        await drop(incidentId, error)
        return 0
      }
      failures += 1
      const asked = error instanceof DeliveryError ? error.retryAfterMs : undefined
      putBack(incidentId, asked !== undefined || failures % TRIES_AT_THE_HEAD !== 0)
      log.warn({ error, failures }, 'a notice was not delivered; it is tried again')
      return asked ?? Math.min(RETRY_MS_MIN * 2 ** (failures - 1), RETRY_MS_MAX)
    }
  }

  function putBack(incidentId: string, isFirst: boolean): void {
    const others = [...waiting].filter((other) => other !== incidentId)
    waiting.clear()
    for (const id of isFirst ? [incidentId, ...others] : [...others, incidentId]) waiting.add(id)
  }

  async function run(): Promise<void> {
    for (let [first] = waiting; first !== undefined && !stopping.signal.aborted; [first] = waiting) {
      const waitMs = await sendFirst(first)
      if (waitMs > 0) await sleep(waitMs, stopping.signal)
    }
  }

  function start(): void {
    running ??= run()
      .catch((error: unknown) => log.error({ error }, 'the outbox stopped; the next notice starts it again'))
      .finally(() => {
        running = undefined
        if (waiting.size > 0 && failures === 0 && !stopping.signal.aborted) start()
      })
  }

  return {
    add(incidentId) {
      waiting.add(incidentId)
      start()
    },
    size: () => waiting.size,
    async idle() {
      while (running !== undefined) await running
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
