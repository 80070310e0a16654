import { InputError } from '../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import type { FormatSpec } from '../core/format-spec.ts'
import type { Reject } from '../core/parsed-block.ts'
import type { ReceiveEvents } from '../receive-events.ts'
import { chooseParser, readSourceOptions, type SourceSettings } from '../source-options.ts'
import { BODY_LIMITS, readBodies } from './request-body.ts'

export interface EventsRouteDeps {
  readonly receive: ReceiveEvents
  /** What `?format=` says; throws an InputError for a format that there is not. */
  readonly parseFormat: (text: string) => FormatSpec | 'auto'
}

const ERRORS_TOLD_MAX = 10
const IDEMPOTENCY_KEY_MAX = 200

/**
 * `POST /api/v1/events?format=&service=&service_from=`: access log lines of any format. Answers 202 once they are safe; the
 * same Idempotency-Key again stores nothing.
 */
export function eventsRoute({ receive, parseFormat }: EventsRouteDeps): HttpRoutes {
  return async (server) => {
    const withBody = readBodies(server, BODY_LIMITS)
    server.post('/api/v1/events', (request, reply) =>
      withBody(request, async (bytes) => {
        if (bytes.length === 0) throw new InputError('the request has no body: send access log lines')
        const settings = settingsOf(request.query as Readonly<Record<string, unknown>>)
        const token = tokenOf(request.headers['idempotency-key'])
        const parser = chooseParser(readSourceOptions(settings, parseFormat), bytes)
        const receipt = await receive({ bytes, source: 'http', parser, ...(token !== undefined && { token }) })
        return reply.code(202).send({
          accepted: receipt.accepted,
          rejected: receipt.rejected,
          errors: receipt.rejects.slice(0, ERRORS_TOLD_MAX).map(describe),
        })
      }),
    )
  }
}

function settingsOf(query: Readonly<Record<string, unknown>>): SourceSettings {
  const [format = 'auto', service, service_from] = ['format', 'service', 'service_from'].map((name) =>
    textOf(query, name),
  )
  return { format, service, service_from }
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
