import { detectFormat } from './detect-format.ts'
import type { FormatSpec } from './format-spec.ts'
import type { LogRecord, OtlpMap } from './otlp-request.ts'
import { createBlockParser } from './parse-block.ts'
import type { BlockParser, ParsedBlock } from './parsed-block.ts'
import { wireEvents } from './wire-event.ts'

export interface AccessLineOptions {
  /** By default told by the lines. */
  readonly format?: FormatSpec
  readonly keepQuery?: readonly string[]
}

/** Reads records whose bodies are lines of an access log. */
export interface AccessLineReader {
  /** A line of NDJSON for each. What no format reads stays as it is, without its line ends: no line of NDJSON. */
  read(records: readonly LogRecord[]): string[]
  /** That of the last lines. */
  format(): FormatSpec | undefined
}

/** Services and environments whose parsers are kept. */
const MAX_PARSERS = 32

/** A format that was told stays until it reads none of a request's lines: telling one takes a while. */
export function createAccessLineReader({ format: asked, keepQuery = [] }: AccessLineOptions): AccessLineReader {
  const parsers = new Map<string, BlockParser>()
  let format = asked

  function read(records: readonly LogRecord[]): string[] {
    const texts = records.map(({ body }) => (typeof body === 'string' ? body.replaceAll(/[\r\n]+/g, ' ') : ''))
    const lines = format === undefined ? [] : readAll(records, texts, format)
    if (records.length === 0 || asked !== undefined || lines.some((line, i) => line !== texts[i])) return lines
    const found = detectFormat(Buffer.from(texts.map((text) => `${text}\n`).join('')))
    if (found.kind === 'unknown') return texts
    format = found.spec
    return readAll(records, texts, format)
  }

  function readAll(records: readonly LogRecord[], texts: readonly string[], spec: FormatSpec): string[] {
    return records.map((record, i) => {
      const text = texts[i] ?? ''
      const block = parserOf(record.resource, spec).parse(Buffer.from(text), POSITION)
      const [event] = wireEvents(block.columns)
      if (event === undefined) return text
      // What the line does not say is left to who reads it as NDJSON.
      const named = {
        service: isNamed(block) ? event.service : undefined,
        env: event.env === '' ? undefined : event.env,
      }
      return JSON.stringify({ ...event, ...named, ...addedTo(event.trace_id, record) })
    })
  }

  /** The resource names the service, if it does, before the line can. */
  function parserOf(resource: OtlpMap, spec: FormatSpec): BlockParser {
    const service = resource['service.name']
    const env = resource['deployment.environment.name'] ?? resource['deployment.environment']
    const name = JSON.stringify([spec, service, env])
    const known = parsers.get(name)
    if (known !== undefined) return known
    const parser = createBlockParser({
      format: spec,
      // Who reads the line of NDJSON makes the client unknown.
      privacy: { client: 'full', keepQuery },
      env: typeof env === 'string' ? env : '',
      ...(typeof service === 'string' && service !== '' && { service }),
    })
    if (parsers.size === MAX_PARSERS) parsers.clear()
    parsers.set(name, parser)
    return parser
  }

  return { read, format: () => format }
}

const POSITION = { source: '', firstLine: 1, firstByte: 0 }

/** By its resource or by itself. */
function isNamed({ serviceOrigins }: ParsedBlock): boolean {
  return serviceOrigins.constant !== undefined || serviceOrigins.field !== undefined
}

/** What a line lacks is taken from its record and resource. */
function addedTo(ownTraceId: string | undefined, { traceId, attributes, resource }: LogRecord) {
  return { ...(ownTraceId === undefined && { trace_id: traceId }), attributes, resource: { attributes: resource } }
}
