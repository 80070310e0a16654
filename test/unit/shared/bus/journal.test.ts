import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Bus, Message } from '../../../../shared/bus/bus.ts'
import { type JournaledBus, openJournaledBus } from '../../../../shared/bus/journal.ts'
import { toJsonMessage } from '../../../../shared/bus/json-messages.ts'
import { createMemoryBus } from '../../../../shared/bus/memory.ts'
import { createLog } from '../../../../shared/runtime/log.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-journal-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const log = createLog({ level: 'silent', write: () => {} })

async function openBus(pendingBytesMax = 1024 * 1024): Promise<JournaledBus> {
  const bus = createMemoryBus({ pendingBytesMax: 1024 * 1024 })
  return openJournaledBus({ bus, log }, { directory, topics: ['changes'], pendingBytesMax })
}

async function listen(bus: Bus, handle: (numbers: readonly number[]) => Promise<void>): Promise<void> {
  const read = ({ value }: Message): number => JSON.parse(Buffer.from(value).toString())
  await bus.subscribe({ topic: 'changes', group: 'test', handle: (messages) => handle(messages.map(read)) })
}

const publish = (bus: Bus, number: number) => bus.publish('changes', [toJsonMessage('prod', number)])

test('what is published is handled, and no file of it is left', async () => {
  const { bus, start } = await openBus()
  const handled: number[] = []
  await listen(bus, async (numbers) => void handled.push(...numbers))
  start()
  await publish(bus, 1)
  await vi.waitFor(() => expect(handled).toEqual([1]), { timeout: 5_000 })
  await bus.close()
  expect(await readdir(directory)).toEqual([])
})

test('a subscriber that stalls holds nobody up, and what it never handled is handled by the next process, in order', async () => {
  const { bus, start } = await openBus()
  await listen(bus, () => new Promise(() => {}))
  start()
  const tookMs: number[] = []
  for (let number = 1; number <= 5; number++) {
    const startedAt = performance.now()
    await publish(bus, number)
    tookMs.push(performance.now() - startedAt)
  }
  // The best of them: other work of the machine is nobody's stall.
  expect(Math.min(...tookMs)).toBeLessThan(500)
  // The process ends here, however it does.
  const next = await openBus()
  const handled: number[] = []
  await listen(next.bus, async (numbers) => void handled.push(...numbers))
  next.start()
  await publish(next.bus, 6)
  await vi.waitFor(() => expect(handled).toEqual([1, 2, 3, 4, 5, 6]), { timeout: 5_000 })
  await next.bus.close()
  expect(await readdir(directory)).toEqual([])
})

test('a subscriber that fails is asked again until it does not', async () => {
  const { bus, start } = await openBus()
  let failures = 2
  const handled: number[] = []
  await listen(bus, async (numbers) => {
    if (failures-- > 0) throw new Error('not now')
    handled.push(...numbers)
  })
  start()
  await publish(bus, 1)
  await publish(bus, 2)
  await vi.waitFor(() => expect(handled).toEqual([1, 2]), { timeout: 5_000 })
  await bus.close()
})

test('more than is to wait is refused, and nothing of it is kept', async () => {
  const { bus } = await openBus(200)
  await publish(bus, 1)
  await publish(bus, 2)
  await expect(publish(bus, 3)).rejects.toMatchObject({ code: 'bus_full', retryable: true })
  expect(await readdir(directory)).toHaveLength(2)
})

test('a journal that can not be written is no acknowledgement', async () => {
  const { bus } = await openBus()
  await rm(directory, { recursive: true })
  await expect(publish(bus, 1)).rejects.toMatchObject({ code: 'unavailable', retryable: true })
})

test('a file that ends too soon is left out', async () => {
  await writeFile(join(directory, '000000000007.json'), '{"topic":"changes","mess')
  const { bus, start } = await openBus()
  const handled: number[] = []
  await listen(bus, async (numbers) => void handled.push(...numbers))
  start()
  await publish(bus, 8)
  await vi.waitFor(() => expect(handled).toEqual([8]), { timeout: 5_000 })
  await bus.close()
  expect(await readdir(directory)).toEqual([])
})
