// Log lines in from any source, events out on the bus: few lines as canonical ones, many as a block that needs no parsing
// again. A receipt says that the events are safe; a rejection that nothing of them was kept, so the source sends them again.
// What is no event goes to `rejects`, with the reason.
import { setImmediate } from 'node:timers/promises'
import type { Bus } from '../../shared/bus/bus.ts'
import { FORM_HEADER, NATIVE_FORM, TOKEN_HEADER } from '../../shared/bus/topics.ts'
import { createChunkSeams } from './core/chunk-seams.ts'
import { clampFuture } from './core/clamp-future.ts'
import { cutLines } from './core/cut-lines.ts'
import { ndjsonLines } from './core/ndjson-lines.ts'
import { packTexts } from './core/pack-texts.ts'
import { type BlockParser, type BlockParserOptions, MAX_REJECTS_KEPT, type Reject } from './core/parsed-block.ts'
import type { Privacy } from './core/privacy.ts'
import { createGatherer } from './gather.ts'
import { openLogParser } from './io/open-log-parser.ts'

/** Whole lines and where they came from. */
export interface ReceivedLines {
  readonly bytes: Uint8Array
  /** For people: a file, a peer, a topic. */
  readonly source: string
  /** The same token again is the same lines again. Without one, few lines wait a moment for others to go with. */
  readonly token?: string
  readonly parser: BlockParserOptions
  /** Lines before these that say how to read them, such as W3C's `#Fields`. */
  readonly directives?: string
}

export interface Receipt {
  readonly accepted: number
  readonly rejected: number
  /** Events whose clock ran ahead of ours; they count as of now. */
  readonly clamped: number
  /** Earliest first, as many as a block keeps. */
  readonly rejects: readonly Reject[]
}

/** Many lines as blocks of events, and what there is to say of the lines. */
export type EncodeEvents = (
  lines: ReceivedLines,
) => Promise<{ readonly values: readonly Uint8Array[]; readonly receipt: Receipt }>

export interface ReceiverDeps {
  readonly encode: EncodeEvents
  readonly publish: Bus['publish']
  readonly messageBytesMax: number
  readonly storeRejects: (rejects: readonly Reject[], token: string) => Promise<void>
  readonly nowMs: () => number
  readonly newToken: () => string
}

export type ReceiveEvents = (lines: ReceivedLines) => Promise<Receipt>

/** What a well-kept clock may be ahead. */
export const CLOCK_SKEW_MS = 2_000
/** Parsed at once; other work has its turn in between. */
const PIECE_BYTES = 64 * 1024
/** Fewer lines are parsed here, as canonical lines: as blocks they would not come to one insert with those of others. */
const MANY_BYTES_MIN = 128 * 1024
/** Deliveries without a token begin so far apart: many small messages would be as many inserts. */
const LINGER_MS = 50
/** Ten thousand events and more as a block: the engine has work worth beginning while others are parsed. */
const ENOUGH_BYTES = 1024 * 1024
const PARSERS_MAX = 64

/** Events of a source, and what of its lines were none. */
interface Parcel {
  readonly values: readonly Uint8Array[]
  readonly bytes: number
  readonly rejects: readonly Reject[]
}

/** What is known of all messages of a parcel. */
interface Origin {
  readonly token: string
  readonly form?: typeof NATIVE_FORM
}

export function createReceiver(deps: ReceiverDeps, privacy: Privacy): ReceiveEvents {
  const parserFor = rememberParsers(privacy)

  async function send({ values, rejects }: Parcel, { token, form }: Origin): Promise<void> {
    const messages = packTexts(values, deps.messageBytesMax).map((value, index) => {
      const own = `${token}#${index}`
      // What comes again comes to the same part of the topic; what does not is spread over all of them.
      return { key: own, value, headers: { [TOKEN_HEADER]: own, ...(form !== undefined && { [FORM_HEADER]: form }) } }
    })
    await deps.publish('access-events', messages)
    if (rejects.length > 0) await deps.storeRejects(rejects, token)
  }

  /** Parcels that come at once go together: all of it is kept, or nothing. */
  function gather(form?: typeof NATIVE_FORM): (parcel: Parcel) => Promise<void> {
    return createGatherer<Parcel>(
      (all) =>
        send(
          { values: all.flatMap(({ values }) => values), bytes: 0, rejects: all.flatMap(({ rejects }) => rejects) },
          { token: deps.newToken(), ...(form !== undefined && { form }) },
        ),
      { bytesMax: deps.messageBytesMax, enoughBytes: ENOUGH_BYTES, lingerMs: LINGER_MS },
    )
  }

  const sendFew = gather()
  const sendMany = gather(NATIVE_FORM)

  return async (lines) => {
    const isMany = lines.bytes.length >= MANY_BYTES_MIN
    const { values, receipt } = isMany
      ? await deps.encode(lines)
      : await readEvents(lines, await parserFor(lines.parser), deps)
    const parcel = { values, bytes: totalBytes(values), rejects: receipt.rejects }
    const { token } = lines
    if (token !== undefined) await send(parcel, { token, ...(isMany && { form: NATIVE_FORM }) })
    else await (isMany ? sendMany(parcel) : sendFew(parcel))
    return receipt
  }
}

function totalBytes(values: readonly Uint8Array[]): number {
  return values.reduce((total, { length }) => total + length, 0)
}

/** The lines' events as canonical NDJSON. */
async function readEvents(
  { bytes, source, parser: { format }, directives = '' }: ReceivedLines,
  parser: BlockParser,
  { nowMs, messageBytesMax }: Pick<ReceiverDeps, 'nowMs' | 'messageBytesMax'>,
): Promise<{ values: Uint8Array[]; receipt: Receipt }> {
  const seams = createChunkSeams(format)
  if (directives !== '') seams.directivesBefore(Buffer.from(directives))
  const values: Uint8Array[] = []
  const rejects: Reject[] = []
  let [accepted, rejected, clamped, firstLine] = [0, 0, 0, 1]
  for (const piece of cutLines(bytes, seams, PIECE_BYTES)) {
    if (piece.from > 0) await setImmediate()
    const position = { source, firstLine, firstByte: piece.from, directives: piece.directives }
    const block = parser.parse(piece.bytes, position)
    clamped += clampFuture(block.columns.atMs.subarray(0, block.columns.rows), nowMs() + CLOCK_SKEW_MS)
    values.push(...ndjsonLines(block.columns, messageBytesMax))
    rejects.push(...block.rejects.slice(0, MAX_REJECTS_KEPT - rejects.length))
    accepted += block.parsed
    rejected += block.rejected
    firstLine += block.lines
  }
  return { values, receipt: { accepted, rejected, clamped, rejects } }
}

/** What a parser remembers makes it quick; the one that was not asked for longest goes. */
function rememberParsers(privacy: Privacy): (options: BlockParserOptions) => Promise<BlockParser> {
  const parsers = new Map<string, Promise<BlockParser>>()
  return (options) => {
    const key = JSON.stringify(options)
    const parser = parsers.get(key) ?? openLogParser({ ...options, privacy })
    parsers.delete(key)
    parsers.set(key, parser)
    const [oldest] = parsers.keys()
    if (parsers.size > PARSERS_MAX && oldest !== undefined) parsers.delete(oldest)
    return parser
  }
}
