import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError, InputError, OperationError } from '../../../shared/runtime/errors.ts'
import { DecompressError, gunzip } from './decompress.ts'

interface BodyLimits {
  /** Of one body, as sent and once inflated. */
  readonly bodyBytesMax: number
  /** Of all bodies that are read or worked on at a time. */
  readonly heldBytesMax: number
}

/** Of one route. */
export const BODY_LIMITS: BodyLimits = { bodyBytesMax: 16 * 1024 * 1024, heldBytesMax: 64 * 1024 * 1024 }

/**
 * Reads the request's body, inflated, and gives it to `use`; until that is done its bytes count as held. Throws what HTTP
 * has a word for: 413, 415, and 503 when too much is held already.
 */
export type WithBody = <Result>(request: FastifyRequest, use: (bytes: Buffer) => Promise<Result>) => Promise<Result>

/** Bodies of all routes of `server`, which come as they are sent: what is too much is refused before it is held. */
export function readBodies(server: FastifyInstance, { bodyBytesMax, heldBytesMax }: BodyLimits): WithBody {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, _payload, done) => done(null))
  let heldBytes = 0

  return async (request, use) => {
    let taken = 0
    const take = (bytes: number): void => {
      taken += bytes
      if (taken > bodyBytesMax) throw tooLarge(bodyBytesMax)
      if (heldBytes + bytes > heldBytesMax) throw busy()
      heldBytes += bytes
    }
    let held = 0
    try {
      if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) throw tooLarge(bodyBytesMax)
      const pieces: Uint8Array[] = []
      for await (const piece of inflated(request)) {
        take(piece.length)
        held = taken
        pieces.push(piece)
      }
      return await use(Buffer.concat(pieces))
    } finally {
      heldBytes -= held
    }
  }
}

function inflated(request: FastifyRequest): AsyncIterable<Uint8Array> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return sent(request)
  if (encoding === 'gzip' || encoding === 'x-gzip') return unpacked(sent(request))
  throw new HttpError('unknown_encoding', `content-encoding ${encoding.slice(0, 40)}: send gzip or none`)
}

/** Whoever stops reading has something to answer, which a closed connection would swallow. */
async function* sent(request: FastifyRequest): AsyncGenerator<Uint8Array, void> {
  try {
    yield* request.raw.iterator({ destroyOnReturn: false })
  } catch {
    throw new InputError('the request ended before its body did')
  } finally {
    // What is left of it is let go: unread, it would hold the connection until a timeout, and whoever closes the server.
    request.raw.resume()
  }
}

async function* unpacked(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* gunzip(compressed)
  } catch (error) {
    if (error instanceof DecompressError) throw new InputError('the body is no whole gzip stream')
    throw error
  }
}

function tooLarge(bytesMax: number): HttpError {
  return new HttpError('too_large', `more than ${bytesMax} bytes, once inflated: send less at a time`)
}

function busy(): OperationError {
  return new OperationError('http: too many bodies are held', { code: 'too_busy', retryable: true })
}
