import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import type { FormatSpec } from '../core/format-spec.ts'
import type { Reject } from '../core/parsed-block.ts'
import type { ReceiveEvents } from '../receive-events.ts'
import { chooseParser } from '../source-options.ts'

export interface EventsRouteDeps {
  readonly receive: ReceiveEvents
  /** What `?format=` says; throws an InputError for a format that there is not. */
  readonly newToken: () => string
  readonly parseFormat: (text: string) => FormatSpec | 'auto'
}

const ERRORS_TOLD_MAX = 10
const INFLATED_BYTES_MAX = 64 * 1024 * 1024
const IDEMPOTENCY_KEY_MAX = 200

/** `POST /api/v1/events`: access log lines of any format. Answers 202 once they are safe; the same Idempotency-Key again stores nothing. */
export function eventsRoute({ receive, parseFormat, newToken }: EventsRouteDeps): HttpRoutes {
  return async (server) => {
    server.post('/api/v1/events', async (request, reply) => {
      const bytes = await inflate(request.body, request.headers['content-encoding'])
      const query = request.query as Readonly<Record<string, unknown>>
      const service = textOf(query, 'service')
      const format = parseFormat(textOf(query, 'format') ?? 'auto')
      const receipt = await receive({
        bytes,
        source: 'http',
        token: tokenOf(request.headers['idempotency-key']) ?? newToken(),
        parser: chooseParser({ format, ...(service !== undefined && { service }) }, bytes),
      })
      return reply.code(202).send({
        accepted: receipt.accepted,
        rejected: receipt.rejected,
        errors: receipt.rejects.slice(0, ERRORS_TOLD_MAX).map(describe),
      })
    })
  }
}

async function inflate(body: unknown, encoding: string | undefined): Promise<Uint8Array> {
  if (!Buffer.isBuffer(body)) throw new InputError('the request has no body: send access log lines')
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding !== 'gzip') throw statusError(415, `content-encoding ${encoding.slice(0, 40)}: send gzip or none`)
  try {
    return await promisify(gunzip)(body, { maxOutputLength: INFLATED_BYTES_MAX })
  } catch (error) {
    if (error instanceof RangeError) throw statusError(413, `more than ${INFLATED_BYTES_MAX} bytes once inflated`)
    throw new InputError('the body is no whole gzip stream')
  }
}

function statusError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode })
}

function textOf(query: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = query[name]
  if (value === undefined || typeof value === 'string') return value
  throw new InputError(`${name}: given more than once`)
}

function tokenOf(idempotencyKey: string | string[] | undefined): string | undefined {
  if (idempotencyKey === undefined) return undefined
  if (typeof idempotencyKey === 'string' && idempotencyKey.length <= IDEMPOTENCY_KEY_MAX)
    return `http:${idempotencyKey}`
  throw new InputError(`Idempotency-Key: longer than ${IDEMPOTENCY_KEY_MAX} characters`)
}

function describe({ lineNumber, reason, detail }: Reject): Readonly<Record<string, unknown>> {
  return { line: lineNumber, reason, ...(detail !== undefined && { detail }) }
}
