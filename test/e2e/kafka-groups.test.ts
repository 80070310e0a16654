import { describe, expect, test } from 'vitest'
import type { Bus, Message } from '../../shared/bus/bus.ts'
import { TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { testKafka } from '../support/kafka.ts'
import { openKafkaBus, ownPrefix } from '../support/kafka-bus.ts'
import { byForm } from '../support/long-form.ts'

const kafka = await testKafka()
const form = byForm({
  short: { messages: 10_000, joins: 6, timeoutMs: 120_000 },
  long: { messages: 100_000, joins: 30, timeoutMs: 900_000 },
})
const MEMBERS = 3
const KEYS = 40

describe.skipIf(kafka === undefined)('a group whose members come and go', () => {
  const promise = 'handles every message, and stores each once'
  test(promise, { timeout: form.timeoutMs }, async () => {
    const prefix = ownPrefix()
    const open = () => openKafkaBus(kafka, { prefix, partitions: 6 })
    /** As a store does, it drops what it has under the same token. */
    const stored = new Set<string>()
    const join = async (bus: Bus) => {
      const handle = async (messages: readonly Message[]) => {
        await new Promise((resolve) => setImmediate(resolve))
        for (const { headers } of messages) stored.add(headers[TOKEN_HEADER] ?? '')
      }
      await bus.subscribe({ topic: 'access-events', group: 'ingest', handle })
      return bus
    }
    const producer = open()
    const tokens = Array.from({ length: form.messages }, (_, index) => `${index}`)
    const publish = (from: number, to: number) =>
      producer.publish(
        'access-events',
        tokens.slice(from, to).map((token) => ({
          key: `${Number(token) % KEYS}`,
          value: Buffer.from(token),
          headers: { [TOKEN_HEADER]: token },
        })),
      )
    const members = await Promise.all(Array.from({ length: MEMBERS }, () => join(open())))
    const share = Math.ceil(form.messages / (form.joins + 1))
    await publish(0, share)
    for (let turn = 1; turn <= form.joins; turn++) {
      const leaving = members.shift()
      const joining = join(open())
      await Promise.all([publish(turn * share, (turn + 1) * share), leaving?.close(), joining])
      members.push(await joining)
    }
    await expect.poll(() => producer.lag('access-events', 'ingest'), { timeout: 60_000 }).toBe(0)
    expect([...stored].toSorted((a, b) => Number(a) - Number(b))).toEqual(tokens)
    await Promise.all([...members, producer].map((bus) => bus.close()))
  })
})
