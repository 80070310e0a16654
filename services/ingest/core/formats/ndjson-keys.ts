import { createJsonTable, type JsonName } from './json-table.ts'
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
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VERSION,
  VIRTUAL_HOST,
} from './line-format.ts'

/** The contract's own names: they win over other names for the same thing in the same line. */
const CANONICAL: readonly JsonName[] = [
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
const OTHER_NAMES: readonly JsonName[] = [
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

/** Objects whose members with dotted names count as the line's own; a plain `status` there is something else's. */
const TRANSPARENT = ['attributes', 'resource', 'resource.attributes']

const NESTED_NAMES = OTHER_NAMES.filter(([name]) => name.includes('.')).flatMap(([name, field, kind]) =>
  TRANSPARENT.map((object): JsonName => [`${object}.${name}`, field, kind]),
)

/** Every name that is read in a canonical line. */
export const NDJSON_TABLE = createJsonTable(CANONICAL, [...OTHER_NAMES, ...NESTED_NAMES])

/** The same for people who look for a name. */
export const JSON_FIELDS: ReadonlyMap<string, number> = new Map(
  [...OTHER_NAMES, ...CANONICAL].map(([name, field]) => [name, field]),
)
