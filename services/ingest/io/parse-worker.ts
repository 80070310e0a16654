import { setImmediate } from 'node:timers/promises'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import { OVERFLOW_ROUTE, OVERFLOW_SERVICE } from '../../../shared/domain/access-event.ts'
import type { Overflow } from '../core/admission.ts'
import { clampFuture } from '../core/clamp-future.ts'
import { encodeNative } from '../core/encode-native.ts'
import type { EventColumns } from '../core/event-columns.ts'
import { type PackedNames, packNames } from '../core/packed-names.ts'
import type { BlockParser, BlockParserOptions, BlockPosition, ParsedBlock } from '../core/parsed-block.ts'
import { openLogParser } from './open-log-parser.ts'

/** One file's way of being parsed; the same id is the same options. */
export interface ParserChoice {
  readonly id: number
  readonly options: BlockParserOptions
}

export type WorkerRequest =
  | {
      readonly kind: 'parse'
      readonly blockId: number
      readonly parser: ParserChoice
      readonly bytes: Uint8Array
      readonly position: BlockPosition
      readonly latestMs?: number
    }
  | { readonly kind: 'encode'; readonly blockId: number; readonly overflow: Overflow }

/** All that is said of a block but its events, which stay in the worker until they are encoded. */
export interface BlockSummary extends Omit<ParsedBlock, 'columns'> {
  /** CRC-32 of the bytes that were parsed. */
  readonly checksum: number
  /** Events whose time was later than the latest that was allowed. */
  readonly clamped: number
}

export type WorkerReply =
  | { readonly kind: 'parsed'; readonly blockId: number; readonly summary: BlockSummary; readonly names: PackedNames }
  | { readonly kind: 'encoded'; readonly blockId: number; readonly block: Uint8Array }

/** What each remembers makes it quick, and takes memory. */
const PARSERS_MAX = 4

/**
 * A parsed block waits here for the word on which of its names have no place, so that neither its bytes nor its columns are
 * ever copied to the main thread.
 */
function serve(reply: (message: WorkerReply) => void): (request: WorkerRequest) => Promise<void> {
  const waiting = new Map<number, EventColumns>()
  const parsers = new Map<number, BlockParser>()

  /** The one that was not asked for longest goes. */
  async function parserFor({ id, options }: ParserChoice): Promise<BlockParser> {
    const parser = parsers.get(id) ?? (await openLogParser(options))
    parsers.delete(id)
    parsers.set(id, parser)
    const [oldest] = parsers.keys()
    if (parsers.size > PARSERS_MAX && oldest !== undefined) parsers.delete(oldest)
    return parser
  }

  return async (request) => {
    switch (request.kind) {
      case 'parse': {
        const parser = await parserFor(request.parser)
        const { columns, ...rest } = parser.parse(request.bytes, request.position)
        if (columns.rows > 0) waiting.set(request.blockId, columns)
        const { latestMs = Number.POSITIVE_INFINITY } = request
        const clamped = clampFuture(columns.atMs.subarray(0, columns.rows), latestMs)
        const summary = { ...rest, checksum: crc32(request.bytes), clamped }
        reply({ kind: 'parsed', blockId: request.blockId, summary, names: packNames(columns) })
        return
      }
      case 'encode': {
        const columns = waiting.get(request.blockId)
        if (columns === undefined) throw new Error(`block ${request.blockId} is not here`)
        waiting.delete(request.blockId)
        reply({ kind: 'encoded', blockId: request.blockId, block: encodeNative(fold(columns, request.overflow)) })
        return
      }
    }
  }
}

/** A flood's routes become one entry, so that neither the block nor the engine has one for each. */
function fold(columns: EventColumns, overflow: Overflow): EventColumns {
  const { service, route, rows } = columns
  for (const code of overflow.services) service.values[code] = OVERFLOW_SERVICE
  if (overflow.routes.length === 0) return columns
  const gone = new Set(overflow.routes)
  const values = [OVERFLOW_ROUTE]
  const codes = Uint32Array.from(route.values, (value, code) => (gone.has(code) ? 0 : values.push(value) - 1))
  for (let row = 0; row < rows; row++) route.codes[row] = codes[route.codes[row] ?? 0] ?? 0
  return { ...columns, route: { ...route, values } }
}

/**
 * Blocks that only need encoding go first: each can be stored while the next is parsed. Behind all that were to be parsed
 * they would come to the engine together, and leave this thread with nothing to do meanwhile.
 */
function serveInTurn(port: MessagePort): void {
  const answer = serve((message) => port.postMessage(message))
  const toEncode: WorkerRequest[] = []
  const toParse: WorkerRequest[] = []
  let isWorking = false
  const take = () => toEncode.shift() ?? toParse.shift()

  async function work(): Promise<void> {
    isWorking = true
    for (let next = take(); next !== undefined; next = take()) {
      await answer(next)
      // What came meanwhile is only seen after that.
      await setImmediate()
    }
    isWorking = false
  }

  port.on('message', (request: WorkerRequest) => {
    const queue = request.kind === 'encode' ? toEncode : toParse
    queue.push(request)
    if (!isWorking) void work()
  })
}

if (parentPort !== null) serveInTurn(parentPort)
