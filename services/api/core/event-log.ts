/** One server-sent event, whole, as it goes over the wire. */
export interface StreamEvent {
  readonly id: string
  readonly frame: string
}

/** The newest events, for whoever listens and for whoever comes back. */
export interface EventLog {
  /** `kind` is a word of ours; `data` goes as JSON. */
  add(kind: string, data: unknown): void
  /** Where a listener is that has heard everything. */
  newestId(): string
  /** What came after an id; undefined when that is no longer known. */
  after(id: string): readonly StreamEvent[] | undefined
  /** Hears of each event from now on; the returned function ends that. */
  listen(listener: (event: StreamEvent) => void): () => void
}

const EVENTS_MAX = 1_000
const BYTES_MAX = 8 * 1024 * 1024

/** `run` names this run of the process: the ids of another one mean nothing here. */
export function createEventLog(run: string): EventLog {
  const listeners = new Set<(event: StreamEvent) => void>()
  let events: StreamEvent[] = []
  let bytes = 0
  let next = 1

  const idOf = (number: number) => `${run}.${number}`

  return {
    add(kind, data) {
      const id = idOf(next)
      next += 1
      // JSON has no line breaks of its own, so one line holds it.
      const event = { id, frame: `event: ${kind}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n` }
      events.push(event)
      bytes += event.frame.length
      while (events.length > EVENTS_MAX || (bytes > BYTES_MAX && events.length > 1)) {
        bytes -= events[0]?.frame.length ?? 0
        events = events.slice(1)
      }
      for (const listener of listeners) listener(event)
    },
    newestId: () => idOf(next - 1),
    after(id) {
      if (id === idOf(next - 1)) return []
      const at = events.findIndex((event) => event.id === id)
      if (at >= 0) return events.slice(at + 1)
      // The one before the oldest that is kept: nothing is missing either.
      return id === idOf(next - 1 - events.length) ? events : undefined
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
