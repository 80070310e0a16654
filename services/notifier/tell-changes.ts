import type { Change } from '../../shared/domain/change.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { createOutbox } from './outbox.ts'

export interface ChangeTeller {
  take(changes: readonly Change[]): void
  stop(): Promise<void>
}

export interface ChangeTellerDeps {
  readonly sinks: readonly ((change: Change) => Promise<void>)[]
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly nowMs: () => number
  readonly log: Log
}

/** What began longer ago was read in, not made. */
const NEWS_MS = 30 * 60_000
const REMEMBERED_MAX = 10_000

/** Shows each change of the moment once wherever changes are shown. */
export function createChangeTeller({ sinks, sleep, nowMs, log }: ChangeTellerDeps): ChangeTeller {
  const told = new Map<string, Change>()
  const outboxes = sinks.map((sink) =>
    createOutbox({
      deliver: async (id) => {
        const change = told.get(id)
        if (change !== undefined) await sink(change)
      },
      drop: async () => {},
      sleep,
      log,
    }),
  )
  return {
    take(changes) {
      for (const change of changes) {
        if (told.has(change.id) || nowMs() - change.startedAtMs > NEWS_MS) continue
        const [oldest] = told.keys()
        if (told.size >= REMEMBERED_MAX && oldest !== undefined) told.delete(oldest)
        told.set(change.id, change)
        for (const outbox of outboxes) outbox.add(change.id)
      }
    },
    async stop() {
      for (const outbox of outboxes) await outbox.stop()
    },
  }
}
