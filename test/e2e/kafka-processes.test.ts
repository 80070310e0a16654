import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openKafkaAdmin } from '../../shared/bus/kafka-admin.ts'
import { createKafkaClient } from '../../shared/bus/kafka-client.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { testKafka } from '../support/kafka.ts'
import { openKafkaBus, ownPrefix, quietLog, testConnection } from '../support/kafka-bus.ts'
import { byForm } from '../support/long-form.ts'
import { createPrng } from '../worlds/prng.ts'
import { BUILT_COMMAND, runCulprit } from './run-culprit.ts'

const kafka = await testKafka()
const form = byForm({ short: { kills: 10, timeoutMs: 240_000 }, long: { kills: 100, timeoutMs: 1_800_000 } })
const EVENTS_A_ROUND = 3_000
const EVENTS_A_MESSAGE = 5
/** From when it says that it listens: by then it has begun to read. */
const KILLED_WITHIN_MS = 800

let directory: string
let prefix: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-kafka-process-'))
  prefix = ownPrefix()
})
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))

const environment = () => ({
  CULPRIT_BUS: 'kafka',
  CULPRIT_KAFKA__BROKERS: `[${kafka?.brokers.map((broker) => JSON.stringify(broker)).join(',')}]`,
  CULPRIT_KAFKA__PREFIX: prefix,
  CULPRIT_KAFKA__PARTITIONS: '3',
  CULPRIT_KAFKA__SESSION_TIMEOUT: kafka?.directory === undefined ? '6s' : '2s',
  CULPRIT_SOURCES__KAFKA: `[{ topic: ${prefix}changes, format: ndjson }]`,
  CULPRIT_DATA_DIRECTORY: directory,
  CULPRIT_LISTEN__PORT: '0',
})

/** Resolves once it listens. */
async function startIngest(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [BUILT_COMMAND, 'start', '--only', 'ingest'], {
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended at once with ${code}`))),
  ])
  return child
}

describe.skipIf(kafka === undefined)('a process on Kafka', () => {
  const promise = 'killed at any point between Kafka and the store, every event is stored once'
  test(promise, { timeout: form.timeoutMs }, async () => {
    const random = createPrng('kills')
    const bus = openKafkaBus(kafka, { prefix })
    const admin = openKafkaAdmin(createKafkaClient(testConnection(kafka), quietLog))
    let produced = 0
    const produce = async () => {
      const lines = Array.from({ length: EVENTS_A_ROUND }, () => {
        const event = { ts: new Date().toISOString(), service: 'shop', path: `/item/${produced}`, status: 200 }
        return JSON.stringify({ ...event, request_id: `r${produced++}` })
      })
      const messages: { key: string; value: Buffer; headers: Record<string, string> }[] = []
      while (lines.length > 0)
        messages.push({ key: '', value: Buffer.from(lines.splice(0, EVENTS_A_MESSAGE).join('\n')), headers: {} })
      await bus.publish('changes', messages)
    }
    for (let kill = 0; kill < form.kills; kill++) {
      await produce()
      const child = await startIngest()
      const producing = produce()
      await after(random.next() * KILLED_WITHIN_MS)
      child.kill('SIGKILL')
      await Promise.all([once(child, 'exit'), producing])
    }
    const last = await startIngest()
    const unread = () =>
      admin.ask('unread', async (asked) => {
        const [committed] = await asked.fetchOffsets({
          groupId: `${prefix}lines.${prefix}changes`,
          topics: [`${prefix}changes`],
        })
        const [end] = await asked.fetchTopicOffsets(`${prefix}changes`)
        return Number(end?.high) - Number(committed?.partitions[0]?.offset)
      })
    await expect.poll(unread, { timeout: 60_000 }).toBe(0)
    await expect.poll(() => bus.lag('access-events', 'ingest'), { timeout: 60_000 }).toBe(0)
    last.kill('SIGTERM')
    expect(await once(last, 'exit')).toEqual([0, null])
    await Promise.all([bus.close(), admin.close()])

    const store = await openEmbeddedStore({ path: join(directory, 'store') })
    const count = async (sql: string) => (await store.query(z.object({ n: z.coerce.number() }), sql))[0]?.n
    expect(await count('SELECT count() AS n FROM access_events')).toBe(produced)
    expect(await count('SELECT uniqExact(request_id) AS n FROM access_events')).toBe(produced)
    expect(await count('SELECT sum(requests) AS n FROM cells_10s')).toBe(produced)
    expect(await count('SELECT sum(requests) AS n FROM cells_1m')).toBe(produced)
    await store.close()
  })

  test.skipIf(kafka?.directory === undefined)(
    'ends within 10 s, and says why, when it meets what it can not read',
    async () => {
      const bus = openKafkaBus(kafka, { prefix, compression: 'gzip' })
      await bus.publish('changes', [{ key: '', value: Buffer.from('{}'), headers: {} }])
      await bus.close()
      const file = await open(
        join(kafka?.directory ?? '', 'topics', `${prefix}changes-0`, '00000000000000000000.log'),
        'r+',
      )
      // The codec's bits in a record batch; no broker takes this one, and none looks at what it has on disk.
      await file.write(new Uint8Array([5]), 0, 1, 22)
      await file.close()
      const ran = await runCulprit(['start', '--only', 'ingest'], { environment: environment(), keepInputOpen: true })
      expect(ran).toMatchObject({ code: 1, signal: null })
      expect(ran.stderr).toContain('codec 5')
    },
  )
})

test('a part of the services alone needs a bus that connects processes', async () => {
  const ran = await runCulprit(['start', '--only', 'ingest'])
  expect(ran.code).toBe(2)
  expect(ran.stderr).toContain('run all services, or set bus: kafka')
})
