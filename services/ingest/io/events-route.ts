import { z } from 'zod'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import type { FormatSpec } from '../core/format-spec.ts'
import type { Reject } from '../core/parsed-block.ts'
import type { ReceiveEvents } from '../receive-events.ts'
import { chooseParser, readSourceOptions } from '../source-options.ts'
import { BODY_LIMITS, readBodies } from './request-body.ts'

export interface EventsRouteDeps {
  readonly receive: ReceiveEvents
  /** What `?format=` says; throws an InputError for a format that there is not. */
  readonly parseFormat: (text: string) => FormatSpec | 'auto'
}

const ERRORS_TOLD_MAX = 10
const IDEMPOTENCY_KEY_MAX = 200

const receiptSchema = z.object({
  accepted: z.number().describe('Events taken.'),
  rejected: z.number().describe('Lines that are no events.'),
  errors: z
    .array(z.object({ line: z.number(), reason: z.string(), detail: z.string().optional() }))
    .describe(`Of the first ${ERRORS_TOLD_MAX} of them.`),
})
const DOCUMENTATION = {
  summary: 'Send access log lines',
  description: `Lines of any format that is known, plain or gzip. 202 says that they are safe; the same Idempotency-Key again stores nothing.`,
  tags: ['ingest'],
  consumes: ['text/plain', 'application/x-ndjson'],
  querystring: z.object({
    format: z.string().default('auto').describe('The format; auto finds it out.'),
    service: z.string().optional().describe('The service of lines that do not say theirs.'),
    service_from: z.string().optional().describe('virtual_host, upstream or path:N.'),
  }),
  headers: z.object({
    'idempotency-key': z.string().max(IDEMPOTENCY_KEY_MAX, `longer than ${IDEMPOTENCY_KEY_MAX} characters`).optional(),
  }),
  body: z.unknown(),
  response: { 202: receiptSchema },
}

/**
 * `POST /api/v1/events?format=&service=&service_from=`: access log lines of any format. Answers 202 once they are safe; the
 * same Idempotency-Key again stores nothing.
 */
export function eventsRoute({ receive, parseFormat }: EventsRouteDeps): HttpRoutes {
  return async (server) => {
    const withBody = readBodies(server, BODY_LIMITS)
    server.post('/api/v1/events', { config: { scope: 'ingest' }, schema: DOCUMENTATION }, (request, reply) =>
      withBody(request, async (bytes) => {
        if (bytes.length === 0) throw new InputError('the request has no body: send access log lines')
        const key = request.headers['idempotency-key']
        const parser = chooseParser(readSourceOptions(request.query, parseFormat), bytes)
        const receipt = await receive({
          bytes,
          source: 'http',
          parser,
          ...(key !== undefined && { token: `http:${key}` }),
        })
        return reply.code(202).send({
          accepted: receipt.accepted,
          rejected: receipt.rejected,
          errors: receipt.rejects.slice(0, ERRORS_TOLD_MAX).map(describe),
        })
      }),
    )
  }
}

function describe({ lineNumber, reason, detail }: Reject): z.infer<typeof receiptSchema>['errors'][number] {
  return { line: lineNumber, reason, ...(detail !== undefined && { detail }) }
}
