import type { FormatSpec } from '../../../../../services/ingest/core/format-spec.ts'
import { createLogParser } from '../../../../../services/ingest/core/parse-guessed.ts'
import { createOtlpParser } from '../../../../../services/ingest/core/parse-otlp.ts'
import type { BlockParser, BlockParserOptions, ParsedBlock } from '../../../../../services/ingest/core/parsed-block.ts'
import { type WireEvent, wireEvents } from '../../../../../services/ingest/core/wire-event.ts'

export const COMBINED: FormatSpec = { name: 'combined' }
export const NDJSON: FormatSpec = { name: 'ndjson' }

/** The parser of a format, whichever. */
export function parserOf(options: BlockParserOptions): BlockParser {
  return options.format.name === 'otlp' ? createOtlpParser(options) : createLogParser(options)
}

/** Parses a whole log, given as text or bytes, as one block. */
export function parseLog(
  log: string | Uint8Array,
  format: FormatSpec,
  options: Partial<BlockParserOptions> = {},
): ParsedBlock {
  const bytes = typeof log === 'string' ? Buffer.from(log) : log
  const parser = parserOf({ format, env: 'prod', ...options })
  return parser.parse(bytes, { source: 'access.log', firstLine: 1, firstByte: 0 })
}

export function eventsOf(block: ParsedBlock): WireEvent[] {
  return [...wireEvents(block.columns)]
}

/** The events of a log; fails when a line was rejected. */
export function readLog(
  log: string | Uint8Array,
  format: FormatSpec,
  options: Partial<BlockParserOptions> = {},
): WireEvent[] {
  const block = parseLog(log, format, options)
  if (block.rejected > 0) throw new Error(`rejected: ${JSON.stringify(block.rejects)}`)
  return eventsOf(block)
}

/** The one event of a log of one line. */
export function readLine(line: string, format: FormatSpec, options: Partial<BlockParserOptions> = {}): WireEvent {
  const [event] = readLog(line, format, options)
  if (event === undefined) throw new Error(`no event in ${line}`)
  return event
}
