import { expect, test } from 'vitest'
import { createMemoryBus } from '../../../../shared/bus/memory.ts'

const message = (bytes: number) => ({ key: 'one', value: Buffer.alloc(bytes), headers: {} })

test('what is published is safe only once every subscriber handled it', async () => {
  const bus = createMemoryBus({ pendingBytesMax: 100 })
  await bus.subscribe({
    topic: 'spikes',
    group: 'correlator',
    handle: () => Promise.reject(new Error('store is down')),
  })
  await expect(bus.publish('spikes', [message(1)])).rejects.toThrow('store is down')
  expect(await bus.lag('spikes', 'correlator')).toBe(0)
})

test('takes no more than its bound, says so, and takes more once there is room', async () => {
  const bus = createMemoryBus({ pendingBytesMax: 100 })
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  await bus.subscribe({ topic: 'access-events', group: 'ingest', handle: () => gate })
  const first = bus.publish('access-events', [message(80)])
  await expect(bus.publish('access-events', [message(30)])).rejects.toMatchObject({ code: 'bus_full', retryable: true })
  release()
  await first
  await bus.publish('access-events', [message(30)])
})

test('one message larger than the bound still passes, alone', async () => {
  const bus = createMemoryBus({ pendingBytesMax: 100 })
  await bus.publish('access-events', [message(500)])
})
