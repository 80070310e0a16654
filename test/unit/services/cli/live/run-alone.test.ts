import { afterEach, expect, test } from 'vitest'
import { type LoneWork, runAlone } from '../../../../../services/cli/live/run-alone.ts'
import type { Bus } from '../../../../../shared/bus/bus.ts'
import { createMemoryBus } from '../../../../../shared/bus/memory.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { createMetrics } from '../../../../../shared/runtime/metrics.ts'

const GAUGE = 'culprit_correlator_active'
const quiet = createLog({ level: 'silent', write: () => {} })

let alone: LoneWork
afterEach(() => alone.stop())

/** Some work whose doings are noted; it handles commands. */
async function open(leads: () => boolean, begins: () => void = () => {}) {
  const doings: string[] = []
  const bus: Bus = { ...createMemoryBus({ pendingBytesMax: 1_000 }), lead: async () => leads }
  const metrics = createMetrics()
  alone = await runAlone(
    { bus, log: quiet, metrics },
    {
      work: 'correlator',
      gauge: GAUGE,
      begin: async (subscribe) => {
        await subscribe({ topic: 'commands', group: 'correlator', handle: async () => void doings.push('handled') })
        begins()
        doings.push('begun')
        return { stop: async () => void doings.push('stopped') }
      },
    },
  )
  const isActive = async () => (await metrics.render()).text.includes(`${GAUGE} 1`)
  const tell = () => bus.publish('commands', [{ key: '', value: Buffer.from('a'), headers: {} }])
  return { doings, isActive, tell }
}

test('in the only process the work has begun at once', async () => {
  const { doings, isActive, tell } = await open(() => true)
  await tell()
  expect(doings).toEqual(['begun', 'handled'])
  expect(await isActive()).toBe(true)
})

test('the work is handed over whole, and begun anew when it comes back', async () => {
  let leads = false
  const { doings, isActive, tell } = await open(() => leads)
  expect(await isActive()).toBe(false)
  leads = true
  await expect.poll(isActive, { timeout: 10_000 }).toBe(true)
  leads = false
  await expect.poll(isActive, { timeout: 10_000 }).toBe(false)
  await tell()
  leads = true
  await expect.poll(isActive, { timeout: 10_000 }).toBe(true)
  expect(doings).toEqual(['begun', 'stopped', 'begun'])
})

test('what could not be taken up is tried again, and handles nothing until then', async () => {
  let isDown = true
  let leads = false
  const { doings, isActive, tell } = await open(
    () => leads,
    () => {
      if (isDown) {
        isDown = false
        doings.push('failed')
        throw new Error('the store is away')
      }
    },
  )
  leads = true
  await expect.poll(isActive, { timeout: 10_000 }).toBe(true)
  await tell()
  expect(doings).toEqual(['failed', 'begun', 'handled'])
})
