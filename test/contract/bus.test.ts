import { describe } from 'vitest'
import { createMemoryBus } from '../../shared/bus/memory.ts'
import { testKafka } from '../support/kafka.ts'
import { openKafkaBus, ownPrefix } from '../support/kafka-bus.ts'
import { promisesOfABus } from './bus-suite.ts'

describe('the bus of one process', () => {
  promisesOfABus(async () => {
    const bus = createMemoryBus({ pendingBytesMax: 1_000_000 })
    return { bus, connect: async () => bus, close: () => bus.close() }
  })
})

const kafka = await testKafka()
describe.skipIf(kafka === undefined)('the bus of many processes', () => {
  promisesOfABus(async () => {
    const prefix = ownPrefix()
    const bus = openKafkaBus(kafka, { prefix })
    const buses = [bus]
    const connect = async () => {
      const other = openKafkaBus(kafka, { prefix })
      buses.push(other)
      return other
    }
    const close = async () => {
      for (const each of buses) await each.close()
    }
    return { bus, connect, close }
  })
})
