import { describe, expect, test } from 'vitest'
import { createKafkaTopicReader } from '../../shared/bus/kafka-topic-reader.ts'
import type { TopicBlock } from '../../shared/bus/topic-reader.ts'
import { OperationError } from '../../shared/runtime/errors.ts'
import { testKafka } from '../support/kafka.ts'
import { openKafkaBus, ownPrefix, quietLog, testConnection } from '../support/kafka-bus.ts'
import { message } from './bus-suite.ts'

const kafka = await testKafka()
const rangeOf = ({ partition, firstOffset, endOffset }: TopicBlock) => `${partition}:${firstOffset}-${endOffset}`
const textsOf = ({ values }: TopicBlock) => values.map((value) => Buffer.from(value).toString())

describe.skipIf(kafka === undefined)("the reader of somebody's topic", () => {
  test('forms the block again that it was at, whatever came meanwhile, after a crash and after a refusal', async () => {
    const prefix = ownPrefix()
    const bus = openKafkaBus(kafka, { prefix })
    const topic = `${prefix}changes`
    const texts = Array.from({ length: 400 }, (_, index) => `${index}`)
    const publish = (from: number, to: number) =>
      bus.publish(
        'changes',
        texts.slice(from, to).map((text) => message('', text)),
      )
    await publish(0, 100)

    /** Reads until `count` blocks were handled or one was refused for good. */
    const read = async (handle: (block: TopicBlock) => void, until: () => boolean) => {
      const failures: Error[] = []
      const onFailure = (error: Error) => failures.push(error)
      const reader = createKafkaTopicReader({ log: quietLog, onFailure }, { connection: testConnection(kafka), prefix })
      await reader.read({ topic, group: 'lines', handle: async (block) => handle(block) })
      await expect.poll(() => failures.length > 0 || until(), { timeout: 30_000 }).toBe(true)
      await reader.close()
    }

    const begun: string[] = []
    const crash = (block: TopicBlock) => {
      begun.push(rangeOf(block))
      throw new Error('killed')
    }
    await read(crash, () => false)
    await publish(100, 200)
    await read(crash, () => false)
    await publish(200, 300)
    let refusals = 2
    const done: TopicBlock[] = []
    const handle = (block: TopicBlock) => {
      if (refusals > 0) {
        refusals -= 1
        begun.push(rangeOf(block))
        throw new OperationError('the store is away', { code: 'store_away', retryable: true })
      }
      done.push(block)
    }
    await read(handle, () => done.flatMap(textsOf).length === 300)
    expect(begun).toEqual(['0:0-100', '0:0-100', '0:0-100', '0:0-100'])
    expect(done.map(rangeOf)).toContain('0:0-100')

    await publish(300, 400)
    await read(
      (block) => done.push(block),
      () => done.flatMap(textsOf).length === 400,
    )
    expect(done.flatMap(textsOf)).toEqual(texts)
    await bus.close()
  })
})
