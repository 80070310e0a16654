export interface GatherLimits {
  /** Of what is delivered together; an item that is larger alone goes alone. */
  readonly bytesMax: number
  /** Between one delivery's start and the next one's, where none is under way; an item that comes later than that need not wait. */
  readonly lingerMs: number
  /** So many need not wait for others. */
  readonly enoughBytes: number
}

interface Batch<Item> {
  readonly items: Item[]
  bytes: number
  isDue: boolean
  readonly leave: () => void
  readonly delivered: Promise<void>
}

/**
 * Puts items that come one by one together, and delivers them in few calls: those of one batch are safe, or failed, together.
 * While a delivery is under way the next batch fills up, so the busier it is, the fewer calls there are per item.
 */
export function createGatherer<Item extends { readonly bytes: number }>(
  deliver: (items: readonly Item[]) => Promise<void>,
  limits: GatherLimits,
): (item: Item) => Promise<void> {
  let filling: Batch<Item> | undefined
  let underWay = 0
  let leftAtMs = Number.NEGATIVE_INFINITY

  function begin(): Batch<Item> {
    const items: Item[] = []
    let leave = (): void => {}
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    const batch: Batch<Item> = { items, bytes: 0, isDue: false, leave, delivered: left.then(() => send(items)) }
    setTimeout(() => becomeDue(batch), Math.max(leftAtMs + limits.lingerMs - performance.now(), 0))
    return batch
  }

  function becomeDue(batch: Batch<Item>): void {
    if (filling !== batch) return
    batch.isDue = true
    if (underWay === 0) depart(batch)
  }

  function depart(batch: Batch<Item>): void {
    if (filling === batch) filling = undefined
    leftAtMs = performance.now()
    batch.leave()
  }

  async function send(items: readonly Item[]): Promise<void> {
    underWay += 1
    try {
      await deliver(items)
    } finally {
      underWay -= 1
      if (underWay === 0 && filling?.isDue === true) depart(filling)
    }
  }

  return (item) => {
    if (filling !== undefined && filling.bytes + item.bytes > limits.bytesMax) depart(filling)
    filling ??= begin()
    const batch = filling
    batch.items.push(item)
    batch.bytes += item.bytes
    if (batch.bytes >= limits.enoughBytes) becomeDue(batch)
    return batch.delivered
  }
}
