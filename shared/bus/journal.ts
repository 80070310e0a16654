import { mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { OperationError } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'
import type { Bus, Message } from './bus.ts'
import { TOPIC_NAMES, type TopicName } from './topics.ts'

export interface JournalOptions {
  readonly directory: string
  readonly topics: readonly TopicName[]
  /** Of messages that wait to be handled. */
  readonly pendingBytesMax: number
}

export interface JournaledBus {
  readonly bus: Bus
  /** Begins to deliver, with what an earlier process left; called once everybody has subscribed. */
  start(): void
}

/** So long whoever publishes waits to see the messages handled; then it suffices that they are in the journal. */
const HANDLED_WAIT_MS = 150
const RETRY_MS = 250
const RETRY_MS_MAX = 10_000
const BATCH_MAX = 500
/** Of the number that is a file's name, so that names are in order. */
const NAME_LENGTH = 12

/** Some messages of one topic, in a file of their own. */
interface Entry {
  readonly path: string
  readonly topic: TopicName
  readonly messages: readonly Message[]
  readonly bytes: number
  /** By the process's own clock; what an earlier process left waited long. */
  readonly writtenAtMs: number
  readonly onHandled: () => void
}

/**
 * `bus`, whose messages on some topics outlive the process: each is in a file before `publish` resolves, and the file goes
 * once every subscriber has handled it. A subscriber that fails, or is slow, holds nobody up; it is asked again, in order.
 */
export async function openJournaledBus(
  { bus, log }: { readonly bus: Bus; readonly log: Log },
  { directory, topics, pendingBytesMax }: JournalOptions,
): Promise<JournaledBus> {
  await mkdir(directory, { recursive: true })
  const pending: Entry[] = await readEntries(directory, log)
  let pendingBytes = pending.reduce((total, { bytes }) => total + bytes, 0)
  let lastNumber = await findLastNumber(directory)
  let isStarted = false
  let delivering: Promise<void> | undefined
  const closing = new AbortController()

  /** What waits, oldest first and many at a time, until nothing does. */
  async function deliverAll(): Promise<void> {
    let retryMs = RETRY_MS
    for (let [first] = pending; first !== undefined && !closing.signal.aborted; [first] = pending) {
      const { topic } = first
      const others = pending.findIndex((entry) => entry.topic !== topic)
      const batch = pending.slice(0, Math.min(others < 0 ? pending.length : others, BATCH_MAX))
      try {
        const messages = batch.flatMap((entry) => entry.messages)
        await bus.publish(topic, messages)
        await forget(batch)
        retryMs = RETRY_MS
      } catch (error) {
        log.warn({ error, topic }, 'what is in the journal can not be handled now; it is tried again')
        await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => {})
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
      }
    }
  }

  async function forget(batch: readonly Entry[]): Promise<void> {
    for (const { path, bytes, onHandled } of batch) {
      await unlink(path).catch(() => {})
      pendingBytes -= bytes
      onHandled()
    }
    pending.splice(0, batch.length)
  }

  function deliver(): void {
    if (!isStarted || delivering !== undefined) return
    delivering = deliverAll().finally(() => {
      delivering = undefined
      if (pending.length > 0 && !closing.signal.aborted) deliver()
    })
  }

  async function publish(topic: TopicName, messages: readonly Message[]): Promise<void> {
    if (closing.signal.aborted) throw refusal('bus_closed', 'the bus is closed')
    const text = writeEntry(topic, messages)
    if (pendingBytes > 0 && pendingBytes + text.length > pendingBytesMax)
      throw refusal('bus_full', `${topic}: more than ${pendingBytesMax} bytes wait to be handled`)
    pendingBytes += text.length
    lastNumber += 1
    const path = join(directory, `${String(lastNumber).padStart(NAME_LENGTH, '0')}.json`)
    await writeDurably(path, text).catch((cause) => {
      pendingBytes -= text.length
      throw new OperationError('bus: the journal can not be written', { code: 'unavailable', retryable: true, cause })
    })
    const handled = new Promise<void>((onHandled) => {
      pending.push({ path, topic, messages, bytes: text.length, writtenAtMs: performance.now(), onHandled })
    })
    deliver()
    // Behind what waits for long, waiting is in vain.
    const waitedMs = performance.now() - (pending[0]?.writtenAtMs ?? 0)
    if (waitedMs > HANDLED_WAIT_MS) return
    const waiting = new AbortController()
    await Promise.race([handled, sleep(HANDLED_WAIT_MS, undefined, { signal: waiting.signal }).catch(() => {})])
    waiting.abort()
  }

  return {
    bus: {
      ...bus,
      publish: (topic, messages) =>
        topics.includes(topic) && messages.length > 0 ? publish(topic, messages) : bus.publish(topic, messages),
      async close() {
        closing.abort()
        await delivering
        await bus.close()
      },
    },
    start() {
      isStarted = true
      deliver()
    },
  }
}

const entrySchema = z.object({
  topic: z.enum(TOPIC_NAMES),
  messages: z.array(z.object({ key: z.string(), value: z.string(), headers: z.record(z.string(), z.string()) })),
})

function writeEntry(topic: TopicName, messages: readonly Message[]): string {
  const texts = messages.map(({ key, value, headers }) => ({ key, value: Buffer.from(value).toString(), headers }))
  return JSON.stringify({ topic, messages: texts })
}

/** What an earlier process left. A file that ends too soon was never acknowledged. */
async function readEntries(directory: string, log: Log): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const name of await namesIn(directory)) {
    const path = join(directory, name)
    const text = await readFile(path, 'utf8')
    const parsed = entrySchema.safeParse(parse(text))
    if (parsed.success) {
      const messages = parsed.data.messages.map((message) => ({ ...message, value: Buffer.from(message.value) }))
      entries.push({
        path,
        topic: parsed.data.topic,
        messages,
        bytes: text.length,
        writtenAtMs: Number.NEGATIVE_INFINITY,
        onHandled: () => {},
      })
    } else {
      log.warn({ path }, 'a file of the journal was left out: it ends too soon')
      await unlink(path)
    }
  }
  return entries
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => /^\d+\.json$/.test(name)).toSorted()
}

async function findLastNumber(directory: string): Promise<number> {
  return Number.parseInt((await namesIn(directory)).at(-1) ?? '0', 10)
}

/** @throws whatever the file system does, with no file left behind. */
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.datasync()
  } catch (error) {
    await unlink(path).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

function refusal(code: 'bus_full' | 'bus_closed', message: string): OperationError {
  return new OperationError(`bus: ${message}`, { code, retryable: true })
}
