import {
  BYTES,
  CLIENT,
  COUNT,
  DURATION,
  DURATION_MS,
  ENV,
  HOST,
  METHOD,
  REGION,
  REQUEST_ID,
  ROUTE,
  SERVICE,
  STATUS,
  slotOf,
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VERSION,
  VIRTUAL_HOST,
} from './line-format.ts'

/** What a field's JSON value may be. */
type JsonKind = 'string' | 'number' | 'string-or-number'

/** A name in a line, and what it stands for. */
export interface JsonKey {
  readonly field: number
  readonly slot: number
  readonly acceptsString: boolean
  readonly acceptsNumber: boolean
  /** The contract's own name: it wins over another name for the same thing in the same line. */
  readonly isCanonical: boolean
}

const CANONICAL: readonly (readonly [string, number, JsonKind])[] = [
  ['ts', TIME, 'string-or-number'],
  ['service', SERVICE, 'string'],
  ['env', ENV, 'string'],
  ['method', METHOD, 'string'],
  ['path', TARGET, 'string'],
  ['route', ROUTE, 'string'],
  ['status', STATUS, 'string-or-number'],
  ['duration_ms', DURATION_MS, 'number'],
  ['bytes', BYTES, 'number'],
  ['version', VERSION, 'string'],
  ['region', REGION, 'string'],
  ['host', HOST, 'string'],
  ['virtual_host', VIRTUAL_HOST, 'string'],
  ['client', CLIENT, 'string'],
  ['upstream', UPSTREAM, 'string'],
  ['upstream_status', UPSTREAM_STATUS, 'string-or-number'],
  ['request_id', REQUEST_ID, 'string-or-number'],
  ['trace_id', TRACE_ID, 'string-or-number'],
  ['user_agent', USER_AGENT, 'string'],
  ['count', COUNT, 'number'],
]

/** OpenTelemetry's semantic conventions, today's names and those before, each as long as its own names for a time. */
const OTHER_NAMES: readonly (readonly [string, number, JsonKind])[] = [
  ['timestamp', TIME, 'string-or-number'],
  ['@timestamp', TIME, 'string-or-number'],
  ['time', TIME, 'string-or-number'],
  ['service.name', SERVICE, 'string'],
  ['service.version', VERSION, 'string'],
  ['deployment.environment.name', ENV, 'string'],
  ['deployment.environment', ENV, 'string'],
  ['http.request.method', METHOD, 'string'],
  ['http.method', METHOD, 'string'],
  ['url.path', TARGET, 'string'],
  ['http.target', TARGET, 'string'],
  ['http.route', ROUTE, 'string'],
  ['http.response.status_code', STATUS, 'string-or-number'],
  ['http.status_code', STATUS, 'string-or-number'],
  ['http.server.request.duration', DURATION, 'number'],
  ['http.response.body.size', BYTES, 'number'],
  ['http.response.size', BYTES, 'number'],
  ['client.address', CLIENT, 'string'],
  ['server.address', VIRTUAL_HOST, 'string'],
  ['host.name', HOST, 'string'],
  ['k8s.pod.name', HOST, 'string'],
  ['cloud.region', REGION, 'string'],
  ['user_agent.original', USER_AGENT, 'string'],
  ['http.user_agent', USER_AGENT, 'string'],
  ['trace.id', TRACE_ID, 'string-or-number'],
]

/** Objects whose fields count as the line's own. */
const TRANSPARENT = ['attributes', 'resource', 'resource.attributes']

/** Every name that is read, nested ones as dotted paths. */
export const JSON_KEYS: ReadonlyMap<string, JsonKey> = new Map([
  ...OTHER_NAMES.map(([name, field, kind]) => [name, toKey(field, kind, false)] as const),
  ...CANONICAL.map(([name, field, kind]) => [name, toKey(field, kind, true)] as const),
])

/** The names that count inside another object: only dotted ones, as a plain `status` there is something else's. */
export const NESTED_KEYS: ReadonlyMap<string, JsonKey> = new Map([...JSON_KEYS].filter(([name]) => name.includes('.')))

const NAMESPACES: ReadonlySet<string> = new Set(['', ...[...NESTED_KEYS.keys()].flatMap(ancestors)])

/**
 * The dotted name of `key` within the object called `parent` ('' is the line): what to look it up by, and what an object
 * under it is called.
 */
export function nestedName(parent: string, key: string): string {
  const name = parent === '' ? key : `${parent}.${key}`
  return TRANSPARENT.includes(name) ? '' : name
}

/** Does any name that is read lie under this one? */
export function isNamespace(name: string): boolean {
  return NAMESPACES.has(name)
}

function toKey(field: number, kind: JsonKind, isCanonical: boolean): JsonKey {
  return { field, slot: slotOf(field), acceptsString: kind !== 'number', acceptsNumber: kind !== 'string', isCanonical }
}

/** `http.request.method` → `http`, `http.request`. */
function ancestors(name: string): string[] {
  const parts = name.split('.')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'))
}
