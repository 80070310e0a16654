/** The deliveries that were taken, by their senders' ids, as far back as `entriesMax` of them. */
export function createSeenDeliveries(entriesMax: number) {
  const seen = new Set<string>()
  return {
    has: (id: string): boolean => seen.has(id),
    add(id: string): void {
      seen.delete(id)
      seen.add(id)
      const [oldest] = seen
      if (seen.size > entriesMax && oldest !== undefined) seen.delete(oldest)
    },
  }
}
