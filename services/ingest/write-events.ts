// Canonical events in from the bus, rows of access_events out. A message is stored whole and once, whatever happens in
// between: its token is that of its block, and the engine drops a block that it has. Lines of others that are no events go
// to `rejects`.
import { crc32 } from 'node:zlib'
import type { Message, MessageHandler } from '../../shared/bus/bus.ts'
import { FORM_HEADER, NATIVE_FORM, TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { DEFAULT_ENV } from '../../shared/domain/access-event.ts'
import { OperationError } from '../../shared/runtime/errors.ts'
import type { Store } from '../../shared/store/store.ts'
import type { Admission } from './core/admission.ts'
import type { Reject } from './core/parsed-block.ts'
import type { Privacy } from './core/privacy.ts'
import { createChunkMemory } from './io/chunk-memory.ts'
import { mapInOrder } from './io/map-in-order.ts'
import type { ParsePool } from './io/parse-pool.ts'

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

  async function parse({ value, key, headers }: Message): Promise<Stored> {
    const position = { source: key, firstLine: 1, firstByte: 0 }
    const bytes = memory.take(value.length)
    bytes.set(value)
    const { summary, names, encode } = await pool.parse({ parser, position, bytes })
    memory.giveBack(bytes)
    return {
      token: headers[TOKEN_HEADER] ?? `${summary.checksum}`,
      rejects: summary.rejects,
      block: async () => (summary.parsed > 0 ? encode(admission.admit(names())) : new Uint8Array(0)),
    }
  }

  return async (messages) => {
    const read = async (message: Message) => (isBlock(message) ? storedAsIs(message) : parse(message))
    for await (const { token, rejects, block } of mapInOrder(iterate(messages), read, pool.blocksUnderWayMax)) {
      const native = await block()
      if (native.length > 0) await deps.insertNative('access_events', native, token)
      if (rejects.length > 0) await deps.storeRejects(rejects, token)
    }
  }
}

/** What a message comes to. */
interface Stored {
  readonly token: string
  readonly rejects: readonly Reject[]
  /** Asked for in the order of the messages, as it depends on the names that came before. */
  readonly block: () => Promise<Uint8Array>
}

function isBlock({ headers }: Message): boolean {
  const form = headers[FORM_HEADER]
  if (form === undefined || form === NATIVE_FORM) return form === NATIVE_FORM
  throw new OperationError(
    `events of the form ${form.slice(0, 40)}: start the culprit that wrote them, or a newer one`,
    {
      code: 'unknown_form',
      retryable: false,
    },
  )
}

/** Its names were judged where its lines were parsed. */
function storedAsIs({ value, headers }: Message): Stored {
  return { token: headers[TOKEN_HEADER] ?? `${crc32(value)}`, rejects: [], block: async () => value }
}

async function* iterate<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items
}
