// Canonical events in from the bus, rows of access_events out. Messages that are handed out together become one insert, whole and
// once, whatever happens in between: its token is made of theirs, and the engine drops an insert that it has. A message that is
// published twice is stored once. Lines of others that are no events go to `rejects`.
import { crc32 } from 'node:zlib'
import type { Message, MessageHandler } from '../../shared/bus/bus.ts'
import { FORM_HEADER, NATIVE_FORM, TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { DEFAULT_ENV } from '../../shared/domain/access-event.ts'
import { OperationError } from '../../shared/runtime/errors.ts'
import type { Store } from '../../shared/store/store.ts'
import type { Admission } from './core/admission.ts'
import type { Reject } from './core/parsed-block.ts'
import type { Privacy } from './core/privacy.ts'
import { joinTokens } from './io/block-token.ts'
import { createChunkMemory } from './io/chunk-memory.ts'
import type { ParsePool } from './io/parse-pool.ts'
import type { StoredMessages } from './io/stored-messages.ts'

export interface EventWriterDeps extends Pick<Store, 'insertNative'> {
  readonly pool: ParsePool
  readonly admission: Admission
  readonly storeRejects: (rejects: readonly Reject[], token: string) => Promise<void>
  /** Absent where a message that comes twice comes with the same ones: the token of their insert says it all. */
  readonly stored?: StoredMessages
}

/** Events on the bus have their clients written as `privacy` wants it; what else it drops is dropped from others' events too. */
export function createEventWriter(deps: EventWriterDeps, privacy: Privacy): MessageHandler {
  const client = privacy.client === 'hashed' ? 'full' : privacy.client
  const options = { format: { name: 'ndjson' }, env: DEFAULT_ENV, privacy: { ...privacy, client } } as const
  const parser = { id: 0, options }
  const { pool, admission, stored } = deps
  const memory = createChunkMemory()

  /** As one block, whose rows are all in the engine's order. */
  async function parse(messages: readonly Message[]): Promise<ParsedLines> {
    const [first] = messages
    if (first === undefined) return { native: [], rejects: [] }
    const bytes = joinLines(messages, memory.take)
    const source = messages.every(({ key }) => key === first.key) ? first.key : TOGETHER
    const { summary, names, encode } = await pool.parse({
      parser,
      position: { source, firstLine: 1, firstByte: 0 },
      bytes,
    })
    memory.giveBack(bytes)
    const native = summary.parsed > 0 ? [await encode(admission.admit(names()))] : []
    return { native, rejects: summary.rejects }
  }

  return async (messages) => {
    const tokens = messages.map(tokenOf)
    const before = new Set(await stored?.find(tokens))
    const news = new Map<string, Message>()
    for (const [index, token] of tokens.entries()) {
      const message = messages[index]
      if (message !== undefined && !before.has(token) && !news.has(token)) news.set(token, message)
    }
    if (news.size === 0) return
    // Of all messages: those that are left out now were not when a crash came in between.
    const token = tokens.length === 1 ? (tokens[0] ?? '') : joinTokens(tokens)
    const blocks = [...news.values()].filter(isBlock)
    const { native, rejects } = await parse([...news.values()].filter((message) => !isBlock(message)))
    const all = [...blocks.map(({ value }) => value), ...native].filter(({ length }) => length > 0)
    if (all.length > 0) await deps.insertNative('access_events', all, token)
    if (rejects.length > 0) await deps.storeRejects(rejects, token)
    await stored?.add([...news.keys()])
  }
}

/** What is said of lines that came from several sources. */
const TOGETHER = 'together'
const NEWLINE = 0x0a
/** Ours are shorter: others may write to the topic. */
const TOKEN_CHARACTERS_MAX = 300

interface ParsedLines {
  readonly native: readonly Uint8Array[]
  readonly rejects: readonly Reject[]
}

/** The lines of all messages, each ended. */
function joinLines(messages: readonly Message[], take: (length: number) => Uint8Array): Uint8Array {
  const bytes = take(messages.reduce((total, { value }) => total + value.length + 1, 0))
  let at = 0
  for (const { value } of messages) {
    bytes.set(value, at)
    at += value.length
    if (bytes[at - 1] !== NEWLINE) bytes[at++] = NEWLINE
  }
  return bytes.subarray(0, at)
}

function tokenOf({ value, headers }: Message): string {
  const token = headers[TOKEN_HEADER] ?? `${crc32(value)}`
  return token.length <= TOKEN_CHARACTERS_MAX ? token : joinTokens([token])
}

/** A block's names were judged where its lines were parsed. */
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
