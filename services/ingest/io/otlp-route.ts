import { z } from 'zod'
import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import { HttpError } from '../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import { createOtlpBodyReader } from '../core/otlp-body.ts'
import type { OtlpEncoding } from '../core/otlp-request.ts'
import { encodeOtlpAnswer } from '../core/otlp-response.ts'
import type { Receipt, ReceiveEvents } from '../receive-events.ts'
import { BODY_LIMITS, readBodies } from './request-body.ts'

const MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
}

const DOCUMENTATION = {
  summary: 'Send OTLP logs',
  description:
    'OTLP/HTTP: an ExportLogsServiceRequest, JSON or protobuf, plain or gzip. Its answer is as that protocol says.',
  tags: ['ingest'],
  consumes: Object.values(MEDIA_TYPES),
  produces: Object.values(MEDIA_TYPES),
  body: z.unknown(),
}

/** `POST /v1/logs`: OTLP/HTTP, JSON or protobuf. Answers 200 once the records are safe, with how many were no access events. */
export function otlpRoute({ receive }: { readonly receive: ReceiveEvents }): HttpRoutes {
  return async (server) => {
    const withBody = readBodies(server, BODY_LIMITS)
    const readBody = createOtlpBodyReader()
    server.post('/v1/logs', { config: { scope: 'ingest' }, schema: DOCUMENTATION }, async (request, reply) => {
      const encoding = encodingOf(request.headers['content-type'])
      reply.type(MEDIA_TYPES[encoding])
      return withBody(request, async (body) => {
        const read = readBody(body, encoding)
        if (read.kind === 'malformed')
          return reply.code(400).send(encodeOtlpAnswer({ kind: 'refused', because: read.because }, encoding))
        const parser = { format: { name: read.format }, env: DEFAULT_ENV }
        const receipt = await receive({ bytes: read.lines, source: 'otlp', parser })
        const told = { kind: 'taken', rejectedRecords: receipt.rejected, because: explain(receipt) } as const
        return reply.code(200).send(encodeOtlpAnswer(told, encoding))
      })
    })
  }
}

function encodingOf(contentType: string | undefined): OtlpEncoding {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === MEDIA_TYPES.json) return 'json'
  if (mediaType === MEDIA_TYPES.protobuf) return 'protobuf'
  throw new HttpError('unknown_content_type', `send ${MEDIA_TYPES.protobuf} or ${MEDIA_TYPES.json}`)
}

function explain({ rejects: [first] }: Receipt): string {
  if (first === undefined) return ''
  const { lineNumber, reason, detail } = first
  return `record ${lineNumber} is no access event: ${reason}${detail === undefined ? '' : `, ${detail}`}`
}
