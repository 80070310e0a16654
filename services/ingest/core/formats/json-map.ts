import type { FormatSpec } from '../format-spec.ts'
import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  COUNT,
  DURATION,
  ENV,
  type FormatDefinition,
  HOST,
  type LineFormat,
  METHOD,
  REGION,
  REQUEST_ID,
  ROUTE,
  SERVICE,
  START,
  STATUS,
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VERSION,
  VIRTUAL_HOST,
} from './line-format.ts'
import { REQUEST_LINE } from './pattern.ts'

/** What can stand on the left. */
const FIELDS: ReadonlyMap<string, number> = new Map([
  ['ts', TIME],
  ['start', START],
  ['status', STATUS],
  ['method', METHOD],
  ['path', TARGET],
  ['request', REQUEST_LINE],
  ['route', ROUTE],
  ['service', SERVICE],
  ['env', ENV],
  ['version', VERSION],
  ['region', REGION],
  ['host', HOST],
  ['virtual_host', VIRTUAL_HOST],
  ['client', CLIENT],
  ['upstream', UPSTREAM],
  ['upstream_status', UPSTREAM_STATUS],
  ['user_agent', USER_AGENT],
  ['request_id', REQUEST_ID],
  ['trace_id', TRACE_ID],
  ['duration_s', DURATION],
  ['duration_ms', DURATION],
  ['duration_us', DURATION],
  ['duration_ns', DURATION],
  ['bytes', BYTES],
  ['count', COUNT],
])
const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  duration_s: 1000,
  duration_ms: 1,
  duration_us: 1e-3,
  duration_ns: 1e-6,
}

/** What can be read of a JSON line, for people. */
export const JSON_MAP_FIELDS: readonly string[] = [...FIELDS.keys()]

/**
 * JSON under names of the user's own: `ts=time,status=res.code,path=req.url,duration_s=took`. On the left a field; on the right
 * where it is, with dots into objects and `[]` for the first of a list.
 */
export const jsonMap: FormatDefinition = {
  name: 'json-map',
  aliases: [],
  candidates: [],
  isLike: () => true,
  compile: compileJsonMap,
}

interface Mapping {
  readonly field: string
  readonly name: string
}

function readMappings(text: string): readonly Mapping[] {
  return text.split(',').map((part) => {
    const equals = part.indexOf('=')
    return { field: part.slice(0, Math.max(equals, 0)).trim(), name: part.slice(equals + 1).trim() }
  })
}

/** Why a map can't be read, as a sentence; undefined when it can. */
export function jsonMapProblem(text: string): string | undefined {
  const mappings = readMappings(text)
  const fields = mappings.map(({ field }) => field)
  const incomplete = mappings.find(({ field, name }) => field === '' || name === '')
  if (incomplete !== undefined) return `"${incomplete.field || incomplete.name}" is no field=name`
  const unknown = fields.find((field) => !FIELDS.has(field))
  if (unknown !== undefined) return `there is no field ${unknown}`
  const numbers = fields.map((field) => FIELDS.get(field))
  const twice = fields.find((_field, i) => numbers.indexOf(numbers[i]) !== i)
  if (twice !== undefined) return `${twice} is given twice`
  if (!fields.includes('ts') && !fields.includes('start')) return 'it has no ts (or start)'
  return fields.includes('status') ? undefined : 'it has no status'
}

function compileJsonMap({ logFormat = '' }: FormatSpec): LineFormat {
  const mappings = readMappings(logFormat)
  const names = mappings.map(({ field, name }): JsonName => [name, FIELDS.get(field) ?? TIME, 'string-or-number'])
  const unit = mappings.find(({ field }) => field in DURATION_UNITS_MS)?.field ?? 'duration_ms'
  return {
    scan: createJsonScanner(createJsonTable(names, [])),
    time: 'rfc3339-or-epoch',
    escaping: 'json',
    durationUnitMs: DURATION_UNITS_MS[unit] ?? 1,
  }
}
