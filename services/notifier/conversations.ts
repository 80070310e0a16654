import type { Notice, Receipt, Told } from './core/notice.ts'

/** What was and is to be said of one incident on one channel. */
export interface Conversation {
  readonly incidentId: string
  readonly target: string
  told: Told | undefined
  /** Decided and not yet sent, oldest first. */
  due: readonly Notice[]
  receipt: Receipt | undefined
  /** What stands there is out of date. */
  isStale: boolean
  shownAtMs: number
}

export interface Conversations {
  /** The conversation, begun where there was none. */
  of(incidentId: string, target: string): Conversation
  about(incidentId: string): readonly Conversation[]
  all(): Iterable<Conversation>
  /** Drops what was said of an incident; nothing of it may be due. */
  forget(incidentId: string): void
}

export function createConversations(): Conversations {
  const byIncident = new Map<string, Map<string, Conversation>>()
  return {
    of(incidentId, target) {
      const own = byIncident.get(incidentId) ?? new Map<string, Conversation>()
      byIncident.set(incidentId, own)
      const known = own.get(target)
      if (known !== undefined) return known
      const fresh = { incidentId, target, told: undefined, due: [], receipt: undefined, isStale: false, shownAtMs: 0 }
      own.set(target, fresh)
      return fresh
    },
    about: (incidentId) => [...(byIncident.get(incidentId)?.values() ?? [])],
    *all() {
      for (const own of byIncident.values()) yield* own.values()
    },
    forget: (incidentId) => void byIncident.delete(incidentId),
  }
}
