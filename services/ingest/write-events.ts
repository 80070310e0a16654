// Canonical events in from the bus, rows of access_events out. A message is stored whole and once, whatever happens in
// between: its token is that of its block, and the engine drops a block that it has. Lines of others that are no events go
// to `rejects`.
import type { Message, MessageHandler } from '../../shared/bus/bus.ts'
import { TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { DEFAULT_ENV } from '../../shared/domain/access-event.ts'
import type { Store } from '../../shared/store/store.ts'
import type { Admission } from './core/admission.ts'
import type { Reject } from './core/parsed-block.ts'
import type { Privacy } from './core/privacy.ts'
import { createChunkMemory } from './io/chunk-memory.ts'
import { mapInOrder } from './io/map-in-order.ts'
import type { ParsedJob, ParsePool } from './io/parse-pool.ts'

export interface EventWriterDeps extends Pick<Store, 'insertNative'> {
  readonly pool: ParsePool
  readonly admission: Admission
  readonly storeRejects: (rejects: readonly Reject[], token: string) => Promise<void>
}

/** Events on the bus have their clients written as `privacy` wants it; what else it drops is dropped from others' events too. */
export function createEventWriter(deps: EventWriterDeps, privacy: Privacy): MessageHandler {
  const client = privacy.client === 'hashed' ? 'full' : privacy.client
  const options = { format: { name: 'ndjson' }, env: DEFAULT_ENV, privacy: { ...privacy, client } } as const
  const parser = { id: 0, options }
  const { pool, admission } = deps
  const memory = createChunkMemory()

  async function parse({ value, key, headers }: Message): Promise<{ job: ParsedJob; token: string }> {
    const position = { source: key, firstLine: 1, firstByte: 0 }
    const bytes = memory.take(value.length)
    bytes.set(value)
    const job = await pool.parse({ parser, position, bytes })
    memory.giveBack(bytes)
    return { job, token: headers[TOKEN_HEADER] ?? `${job.summary.checksum}` }
  }

  return async (messages) => {
    for await (const { job, token } of mapInOrder(iterate(messages), parse, pool.blocksUnderWayMax)) {
      const { parsed, rejects } = job.summary
      if (parsed > 0) await deps.insertNative('access_events', await job.encode(admission.admit(job.names())), token)
      if (rejects.length > 0) await deps.storeRejects(rejects, token)
    }
  }
}

async function* iterate<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items
}
