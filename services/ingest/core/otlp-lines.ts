import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import { detectFormat } from './detect-format.ts'
import type { FormatSpec } from './format-spec.ts'
import type { LogRecord, OtlpMap } from './otlp-request.ts'
import { createBlockParser } from './parse-block.ts'
import type { BlockParser } from './parsed-block.ts'
import { wireEvents } from './wire-event.ts'

export interface AccessLineOptions {
  /** By default told by the lines. */
  readonly format?: FormatSpec
  readonly keepQuery?: readonly string[]
}

/**
 * A line of NDJSON for each record, whose bodies are lines of an access log. What no format reads stays as it is, without its
 * line ends: no line of NDJSON.
 */
export function readAccessLines(
  records: readonly LogRecord[],
  { format: asked, keepQuery = [] }: AccessLineOptions,
): string[] {
  // Telling a format takes a while.
  if (records.length === 0) return []
  const texts = records.map(({ body }) => (typeof body === 'string' ? body.replaceAll(/[\r\n]+/g, ' ') : ''))
  const format = asked ?? detect(texts)
  if (format === undefined) return texts
  const parsers = new Map<OtlpMap, BlockParser>()
  return records.map((record, i) => {
    const { resource } = record
    const parser = parsers.get(resource) ?? createResourceParser(format, resource, keepQuery)
    parsers.set(resource, parser)
    const text = texts[i] ?? ''
    const { columns } = parser.parse(Buffer.from(text), { source: '', firstLine: 1, firstByte: 0 })
    const [event] = wireEvents(columns)
    return event === undefined ? text : JSON.stringify({ ...event, ...addedTo(event.trace_id, record) })
  })
}

/** The resource names the service, if it does, before the line can. */
function createResourceParser(format: FormatSpec, resource: OtlpMap, keepQuery: readonly string[]): BlockParser {
  const service = resource['service.name']
  const env = resource['deployment.environment.name'] ?? resource['deployment.environment']
  return createBlockParser({
    format,
    // Who reads the line of NDJSON makes the client unknown.
    privacy: { client: 'full', keepQuery },
    env: typeof env === 'string' && env !== '' ? env : DEFAULT_ENV,
    ...(typeof service === 'string' && service !== '' && { service }),
  })
}

/** What a line lacks is taken from its record and resource. */
function addedTo(ownTraceId: string | undefined, { traceId, attributes, resource }: LogRecord) {
  return { ...(ownTraceId === undefined && { trace_id: traceId }), attributes, resource: { attributes: resource } }
}

function detect(texts: readonly string[]): FormatSpec | undefined {
  const found = detectFormat(Buffer.from(texts.map((text) => `${text}\n`).join('')))
  return found.kind === 'known' ? found.spec : undefined
}
