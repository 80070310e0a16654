import { describe } from 'vitest'
import { createMemoryBus } from '../../shared/bus/memory.ts'
import { promisesOfABus } from './bus-suite.ts'

describe('the bus of one process', () => {
  promisesOfABus(async () => {
    const bus = createMemoryBus({ pendingBytesMax: 1_000_000 })
    return { bus, connect: async () => bus, close: () => bus.close() }
  })
})
