import { createJsonScanner } from './json-line.ts'
import type { FormatDefinition } from './line-format.ts'
import { NDJSON_TABLE } from './ndjson-keys.ts'

/** One JSON object per line with the fields of an access event, or OpenTelemetry's names for them. */
export const ndjson: FormatDefinition = {
  name: 'ndjson',
  aliases: ['json', 'jsonl'],
  candidates: [{ name: 'ndjson' }],
  isLike: () => true,
  compile: () => ({
    scan: createJsonScanner(NDJSON_TABLE),
    time: 'rfc3339-or-epoch',
    escaping: 'json',
    durationUnitMs: 1000,
  }),
}
