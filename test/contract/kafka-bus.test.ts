import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Bus, Message } from '../../shared/bus/bus.ts'
import { openKafkaAdmin } from '../../shared/bus/kafka-admin.ts'
import { createKafkaClient } from '../../shared/bus/kafka-client.ts'
import { EVENTS_BYTES_MAX, MESSAGE_BYTES_MAX } from '../../shared/bus/topics.ts'
import { OperationError } from '../../shared/runtime/errors.ts'
import { testKafka } from '../support/kafka.ts'
import { hasKcat, openKafkaBus, ownPrefix, produceWithKcat, quietLog, testConnection } from '../support/kafka-bus.ts'
import { message } from './bus-suite.ts'

const kafka = await testKafka()
const textOf = ({ value }: Message) => Buffer.from(value).toString()
/** Bits of a record batch: https://kafka.apache.org/documentation/#recordbatch */
const ATTRIBUTES_AT = 22
const NO_CODEC = 5

describe.skipIf(kafka === undefined)('the bus of many processes', () => {
  test.skipIf(!hasKcat())('reads what other clients compressed, whichever codec they chose', async () => {
    const prefix = ownPrefix()
    const bus = openKafkaBus(kafka, { prefix })
    // Makes the topic.
    await bus.publish('changes', [message('', 'plain')])
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const
    const linesOf = (codec: string) =>
      Array.from({ length: 3_000 }, (_, index) => `${codec} ${index} ${(index * 2_654_435_761).toString(36).repeat(9)}`)
    for (const codec of codecs) {
      const topic = `${prefix}changes`
      await produceWithKcat({ brokers: kafka?.brokers ?? [], topic, codec, lines: linesOf(codec) })
    }
    const read: string[] = []
    const handle = async (messages: readonly Message[]) => {
      read.push(...messages.map(textOf))
    }
    await bus.subscribe({ topic: 'changes', group: 'correlator', handle })
    await expect.poll(() => read.length, { timeout: 20_000 }).toBe(1 + 4 * 3_000)
    expect(read).toEqual(['plain', ...codecs.flatMap(linesOf)])
    await bus.close()
  })

  test.skipIf(kafka?.directory === undefined)('says within 10 s that it met a codec it does not know', async () => {
    const prefix = ownPrefix()
    const failures: Error[] = []
    const bus = openKafkaBus(kafka, { prefix, compression: 'gzip' }, (error) => failures.push(error))
    await bus.publish('changes', [message('prod', 'a')])
    // No broker takes such a batch, and none looks at what it has on disk.
    const segment = join(kafka?.directory ?? '', 'topics', `${prefix}changes-0`, '00000000000000000000.log')
    const file = await open(segment, 'r+')
    await file.write(new Uint8Array([NO_CODEC]), 0, 1, ATTRIBUTES_AT)
    await file.close()
    await bus.subscribe({ topic: 'changes', group: 'correlator', handle: async () => {} })
    await expect.poll(() => failures.map(({ message }) => message), { timeout: 10_000 }).toHaveLength(1)
    expect(failures[0]?.message).toContain('codec 5')
    await bus.close()
  })

  test('delivers again what a handler refuses for now, and goes on where it stopped', async () => {
    const bus = openKafkaBus(kafka, { prefix: ownPrefix() })
    const handled: string[] = []
    let refusals = 2
    const handle = async (messages: readonly Message[]) => {
      if (refusals > 0) {
        refusals -= 1
        throw new OperationError('the store is away', { code: 'store_away', retryable: true })
      }
      handled.push(...messages.map(textOf))
    }
    await bus.subscribe({ topic: 'spikes', group: 'correlator', handle })
    await bus.publish('spikes', [message('prod', 'a'), message('prod', 'b')])
    await expect.poll(() => handled, { timeout: 20_000 }).toEqual(['a', 'b'])
    await bus.publish('spikes', [message('prod', 'c')])
    await expect.poll(() => handled, { timeout: 20_000 }).toEqual(['a', 'b', 'c'])
    await bus.close()
  })

  test('what was handed out together comes again together after a crash, whatever came meanwhile', async () => {
    const prefix = ownPrefix()
    const begun: string[][] = []
    const publisher = openKafkaBus(kafka, { prefix })
    const publish = (texts: readonly string[]) =>
      publisher.publish(
        'access-events',
        texts.map((text) => message('one', text)),
      )
    const texts = ['a', 'b', 'c', 'd', 'e']
    await publish(texts.slice(0, 2))
    const failures: Error[] = []
    for (const more of [['c', 'd'], ['e']]) {
      const bus = openKafkaBus(kafka, { prefix }, (error) => failures.push(error))
      const crash = async (messages: readonly Message[]) => {
        begun.push(messages.map(textOf))
        throw new Error('killed')
      }
      const before = failures.length
      await bus.subscribe({ topic: 'access-events', group: 'ingest', handle: crash })
      await expect.poll(() => failures.length, { timeout: 20_000 }).toBe(before + 1)
      await publish(more)
      await bus.close()
    }
    const handled: string[][] = []
    const handle = async (messages: readonly Message[]) => void handled.push(messages.map(textOf))
    await publisher.subscribe({ topic: 'access-events', group: 'ingest', handle })
    await expect.poll(() => handled.flat(), { timeout: 20_000 }).toEqual(texts)
    expect(begun).toEqual([texts.slice(0, 2), texts.slice(0, 2)])
    expect(handled[0]).toEqual(texts.slice(0, 2))
    await publisher.close()
  })

  test('while the messages of one part are handled, a process goes on with those of the others', async () => {
    const bus = openKafkaBus(kafka, { prefix: ownPrefix() })
    let release = () => {}
    const others = new Promise<void>((resolve) => {
      release = resolve
    })
    const handled: string[] = []
    const handle = async (messages: readonly Message[]) => {
      const keys = messages.map(({ key }) => key)
      if (keys.includes('slow')) await others
      handled.push(...keys)
    }
    await bus.subscribe({ topic: 'access-events', group: 'ingest', handle })
    await bus.publish('access-events', [message('slow', 'first')])
    await expect.poll(() => bus.lag('access-events', 'ingest'), { timeout: 20_000 }).toBe(1)
    const keys = Array.from({ length: 20 }, (_, index) => `${index}`)
    await bus.publish(
      'access-events',
      keys.map((key) => message(key, key)),
    )
    await expect.poll(() => handled.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(handled).not.toContain('slow')
    release()
    await expect.poll(() => handled.toSorted(), { timeout: 20_000 }).toEqual([...keys, 'slow'].toSorted())
    await bus.close()
  })

  test('as many processes as a topic has parts share its work', async () => {
    const prefix = ownPrefix()
    const buses = [1, 2, 3].map(() => openKafkaBus(kafka, { prefix, partitions: 3 }))
    const working = new Set<number>()
    const subscribe = (bus: Bus, number: number) =>
      bus.subscribe({ topic: 'access-events', group: 'ingest', handle: async () => void working.add(number) })
    await Promise.all(buses.map(subscribe))
    const keys = Array.from({ length: 20 }, (_, index) => `${index}`)
    const messages = keys.map((key) => message(key, key))
    const askAll = async () => {
      working.clear()
      await buses[0]?.publish('access-events', messages)
      await expect.poll(() => buses[0]?.lag('access-events', 'ingest'), { timeout: 10_000 }).toBe(0)
      return working.size
    }
    await expect.poll(askAll, { timeout: 20_000 }).toBe(buses.length)
    await Promise.all(buses.map((bus) => bus.close()))
  })

  test('what a handler refuses for good is reported, and comes again to the next process', async () => {
    const prefix = ownPrefix()
    const failures: Error[] = []
    const bus = openKafkaBus(kafka, { prefix }, (error) => failures.push(error))
    await bus.publish('spikes', [message('prod', 'a')])
    const refuse = async () => {
      throw new Error('a bug')
    }
    await bus.subscribe({ topic: 'spikes', group: 'correlator', handle: refuse })
    await expect.poll(() => failures.map(({ message }) => message), { timeout: 10_000 }).toEqual(['a bug'])
    await bus.close()
    const next = openKafkaBus(kafka, { prefix })
    const handled: string[] = []
    const handle = async (messages: readonly Message[]) => {
      handled.push(...messages.map(textOf))
    }
    await next.subscribe({ topic: 'spikes', group: 'correlator', handle })
    await expect.poll(() => handled, { timeout: 20_000 }).toEqual(['a'])
    await next.close()
  })

  test('messages as large as may be pass, many at once, and more than the bound is refused for now', async () => {
    const bus = openKafkaBus(kafka, { prefix: ownPrefix(), pendingBytesMax: 4 * MESSAGE_BYTES_MAX })
    const large = { key: 'a', value: new Uint8Array(MESSAGE_BYTES_MAX), headers: {} }
    const four = bus.publish('access-events', [large, large, large, large])
    await expect(bus.publish('access-events', [large])).rejects.toMatchObject({ code: 'bus_full', retryable: true })
    await four
    await bus.publish('access-events', [large])
    expect(await bus.lag('access-events', 'ingest')).toBe(5)
    await bus.close()
  })

  test("members of a group share its parts: each is one member's, and those of who leaves are taken over", async () => {
    const prefix = ownPrefix()
    const buses = [openKafkaBus(kafka, { prefix, partitions: 4 }), openKafkaBus(kafka, { prefix, partitions: 4 })]
    const shares = await Promise.all(buses.map((bus) => bus.share('detector-shards', 'detector')))
    const owned = () => shares.map((share) => share()?.owned ?? [])
    await expect.poll(() => owned().map(({ length }) => length), { timeout: 20_000 }).toEqual([2, 2])
    expect(owned().flat().toSorted()).toEqual([0, 1, 2, 3])
    expect(shares[0]?.()?.of).toBe(4)
    await buses[0]?.close()
    await expect.poll(() => owned()[1]?.toSorted(), { timeout: 20_000 }).toEqual([0, 1, 2, 3])
    await buses[1]?.close()
  })

  test('of those who would do some work one does, whoever else comes, until it leaves; then another does', async () => {
    const prefix = ownPrefix()
    const open = () => openKafkaBus(kafka, { prefix })
    const [first, second, third] = [open(), open(), open()]
    const isFirst = await first.lead('correlator')
    await expect.poll(isFirst, { timeout: 20_000 }).toBe(true)
    const isOther = [await second.lead('correlator'), await third.lead('correlator')]
    const ofOtherWork = await second.lead('notifier')
    await expect.poll(ofOtherWork, { timeout: 20_000 }).toBe(true)
    expect([isFirst(), ...isOther.map((leads) => leads())]).toEqual([true, false, false])
    await first.close()
    await expect.poll(() => isOther.filter((leads) => leads()).length, { timeout: 20_000 }).toBe(1)
    await second.close()
    await expect.poll(isOther[1] ?? isFirst, { timeout: 20_000 }).toBe(true)
    await third.close()
  })

  test('a topic of events takes what makes a large insert; one made by others, what they allow', async () => {
    const prefix = ownPrefix()
    const bus = openKafkaBus(kafka, { prefix })
    const handled: number[] = []
    await bus.subscribe({
      topic: 'access-events',
      group: 'ingest',
      handle: async (messages) => void handled.push(...messages.map(({ value }) => value.length)),
    })
    expect(await bus.messageBytesMax('access-events')).toBe(EVENTS_BYTES_MAX)
    await bus.publish('access-events', [{ key: 'a', value: new Uint8Array(EVENTS_BYTES_MAX), headers: {} }])
    await expect.poll(() => handled, { timeout: 20_000 }).toEqual([EVENTS_BYTES_MAX])
    await bus.close()

    const others = ownPrefix()
    const admin = openKafkaAdmin(createKafkaClient(testConnection(kafka), quietLog))
    await admin.ask('a topic', (asked) => asked.createTopics({ topics: [{ topic: `${others}access-events` }] }))
    const modest = openKafkaBus(kafka, { prefix: others })
    const most = await modest.messageBytesMax('access-events')
    expect(most).toBeLessThan(1_000_000)
    await modest.publish('access-events', [{ key: 'a', value: new Uint8Array(most), headers: {} }])
    await Promise.all([modest.close(), admin.close()])
  })

  test('a cluster that is away is said to be, for now', async () => {
    const bus = openKafkaBus({ brokers: ['127.0.0.1:1'] }, { prefix: ownPrefix() })
    await expect(bus.publish('spikes', [message('prod', 'a')])).rejects.toMatchObject({
      code: 'kafka_failed',
      retryable: true,
    })
    await bus.close()
  })
})
