import type { FormatDefinition } from './line-format.ts'
import { ndjson } from './ndjson.ts'

/**
 * A file of OTLP requests, one a line, as the OpenTelemetry Collector's file exporter writes them. Each holds many records,
 * which are unpacked to lines of NDJSON before they are scanned.
 */
export const otlp: FormatDefinition = {
  name: 'otlp',
  aliases: ['otlp-json', 'opentelemetry'],
  candidates: [],
  isLike: () => true,
  compile: ndjson.compile,
}

/** How the requests of the Collector's file exporter begin. */
const REQUEST_START = Buffer.from('{"resourceLogs":')

/** Are the first lines of a file OTLP requests? The first need not be whole. */
export function isOtlpFile(firstBytes: Uint8Array): boolean {
  return REQUEST_START.equals(firstBytes.subarray(0, REQUEST_START.length))
}
