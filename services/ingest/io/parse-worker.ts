import { parentPort } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import { OVERFLOW_ROUTE, OVERFLOW_SERVICE } from '../../../shared/domain/access-event.ts'
import type { BlockNames, Overflow } from '../core/admission.ts'
import { encodeNative } from '../core/encode-native.ts'
import type { EventColumns } from '../core/event-columns.ts'
import { createBlockParser } from '../core/parse-block.ts'
import type { BlockParser, BlockParserOptions, BlockPosition, ParsedBlock } from '../core/parsed-block.ts'
import { clientHash } from './client-hash.ts'

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
    }
  | { readonly kind: 'encode'; readonly blockId: number; readonly overflow: Overflow }

/** All that is said of a block but its events, which stay in the worker until they are encoded. */
export interface BlockSummary extends Omit<ParsedBlock, 'columns'> {
  readonly names: BlockNames
  /** CRC-32 of the bytes that were parsed. */
  readonly checksum: number
}

export type WorkerReply =
  | { readonly kind: 'parsed'; readonly blockId: number; readonly summary: BlockSummary }
  | { readonly kind: 'encoded'; readonly blockId: number; readonly block: Uint8Array }

/**
 * Answers requests in the order they come. A parsed block waits here for the word on which of its names have no place,
 * so that neither its bytes nor its columns are ever copied to the main thread.
 */
function serve(reply: (message: WorkerReply) => void): (request: WorkerRequest) => void {
  const waiting = new Map<number, EventColumns>()
  let current: { id: number; parser: BlockParser } | undefined

  function parserFor({ id, options }: ParserChoice): BlockParser {
    if (current?.id !== id) current = { id, parser: createBlockParser(options, clientHash(options.privacy)) }
    return current.parser
  }

  return (request) => {
    switch (request.kind) {
      case 'parse': {
        const { columns, ...rest } = parserFor(request.parser).parse(request.bytes, request.position)
        if (columns.rows > 0) waiting.set(request.blockId, columns)
        const summary = { ...rest, names: namesOf(columns), checksum: crc32(request.bytes) }
        reply({ kind: 'parsed', blockId: request.blockId, summary })
        return
      }
      case 'encode': {
        const columns = waiting.get(request.blockId)
        if (columns === undefined) throw new Error(`block ${request.blockId} is not here`)
        waiting.delete(request.blockId)
        foldInto(columns, request.overflow)
        reply({ kind: 'encoded', blockId: request.blockId, block: encodeNative(columns) })
        return
      }
    }
  }
}

function namesOf({ service, route }: EventColumns): BlockNames {
  return {
    service: { values: service.values },
    route: { values: route.values, services: route.services, requests: route.requests },
  }
}

/** Several codes then stand for the same name, which the engine takes as one. */
function foldInto(columns: EventColumns, overflow: Overflow): void {
  for (const code of overflow.services) columns.service.values[code] = OVERFLOW_SERVICE
  for (const code of overflow.routes) columns.route.values[code] = OVERFLOW_ROUTE
}

const port = parentPort
if (port !== null)
  port.on(
    'message',
    serve((message) => port.postMessage(message)),
  )
