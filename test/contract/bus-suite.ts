import { expect, test } from 'vitest'
import type { Bus, Message } from '../../shared/bus/bus.ts'

/** A bus of its own for one test: nothing of another test's is on it. */
export interface BusUnderTest {
  readonly bus: Bus
  /** Another process's end of the same bus; the same end where only one process can be connected. */
  readonly connect: () => Promise<Bus>
  readonly close: () => Promise<void>
}

export const message = (key: string, text: string): Message => ({
  key,
  value: Buffer.from(text),
  headers: { token: text },
})
const textsOf = (messages: readonly Message[]) => messages.map(({ value }) => Buffer.from(value).toString())

/** What every bus promises. */
export function promisesOfABus(open: () => Promise<BusUnderTest>): void {
  const withBus = (name: string, check: (under: BusUnderTest) => Promise<void>) =>
    test(name, async () => {
      const under = await open()
      try {
        await check(under)
      } finally {
        await under.close()
      }
    })

  withBus('every group gets every message, with its key and headers', async ({ bus, connect }) => {
    const one = collect()
    const other = collect()
    await bus.subscribe({ topic: 'spikes', group: 'correlator', handle: one.handle })
    await (await connect()).subscribe({ topic: 'spikes', group: 'archive', handle: other.handle })
    await bus.publish('spikes', [message('prod', 'a'), message('prod', 'b')])
    await one.until(2)
    await other.until(2)
    expect(textsOf(one.messages)).toEqual(['a', 'b'])
    expect(textsOf(other.messages)).toEqual(['a', 'b'])
    expect(one.messages[0]).toMatchObject({ key: 'prod', headers: { token: 'a' } })
  })

  withBus('messages of one key are handled in the order they were published, never two at a time', async ({ bus }) => {
    const seen = collect()
    let atOnce = 0
    await bus.subscribe({
      topic: 'access-events',
      group: 'ingest',
      handle: async (messages) => {
        atOnce += 1
        expect(atOnce).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        await seen.handle(messages)
        atOnce -= 1
      },
    })
    const texts = Array.from({ length: 50 }, (_, index) => `${index}`)
    await Promise.all(texts.map((text) => bus.publish('access-events', [message('one', text)])))
    await seen.until(50)
    expect(textsOf(seen.messages)).toEqual(texts)
  })

  withBus('nothing published and not yet handled is left behind when it closes', async ({ bus }) => {
    const seen = collect()
    await bus.subscribe({ topic: 'changes', group: 'correlator', handle: seen.handle })
    await bus.publish('changes', [message('prod', 'last')])
    await seen.until(1)
    await bus.close()
    await expect(bus.publish('changes', [message('prod', 'too late')])).rejects.toMatchObject({ retryable: true })
  })

  withBus('one that no longer subscribes is handed nothing more', async ({ bus }) => {
    const [one, other] = [collect(), collect()]
    const subscribed = await bus.subscribe({ topic: 'commands', group: 'correlator', handle: one.handle })
    await bus.publish('commands', [message('a', 'first')])
    await one.until(1)
    await subscribed.close()
    await bus.subscribe({ topic: 'commands', group: 'notifier', handle: other.handle })
    await bus.publish('commands', [message('a', 'second')])
    await expect.poll(() => textsOf(other.messages), { timeout: 20_000 }).toContain('second')
    expect(textsOf(one.messages)).toEqual(['first'])
  })

  withBus('who does some work alone is told so', async ({ bus }) => {
    const leads = await bus.lead('correlator')
    await expect.poll(leads, { timeout: 20_000 }).toBe(true)
  })

  withBus('knows how much a group has yet to handle', async ({ bus }) => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const seen = collect()
    await bus.subscribe({
      topic: 'changes',
      group: 'correlator',
      handle: async (messages) => {
        await gate
        await seen.handle(messages)
      },
    })
    const publishing = bus.publish('changes', [message('prod', 'a')])
    await expect.poll(() => bus.lag('changes', 'correlator'), { timeout: 20_000 }).toBe(1)
    release()
    await publishing
    await seen.until(1)
    await expect.poll(() => bus.lag('changes', 'correlator'), { timeout: 20_000 }).toBe(0)
  })
}

/** A subscriber that keeps what it got. */
function collect() {
  const messages: Message[] = []
  return {
    messages,
    handle: async (news: readonly Message[]) => {
      messages.push(...news)
    },
    until: (count: number) => expect.poll(() => messages.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count),
  }
}
