// Hot path: several parameters.
import { readCluster } from './envoy-cluster.ts'
import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  REQUEST_ID,
  type ScanLine,
  SERVICE,
  START,
  STATUS,
  TARGET,
  TRACE_ID,
  UPSTREAM,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'

/**
 * Envoy's JSON under the names that Istio and Envoy Gateway give it by default.
 * https://istio.io/latest/docs/tasks/observability/logs/access-log/, https://gateway.envoyproxy.io/docs/tasks/observability/proxy-accesslog/
 */
export const envoyJson: FormatDefinition = {
  name: 'envoy-json',
  aliases: ['istio-json'],
  candidates: [{ name: 'envoy-json' }],
  isLike: () => true,
  compile: () => ({ scan: createEnvoyJsonScanner(), time: 'rfc3339-or-epoch', escaping: 'json' }),
}

const NAMES: readonly JsonName[] = [
  ['start_time', START, 'string'],
  ['response_code', STATUS, 'string-or-number'],
  ['method', METHOD, 'string'],
  ['path', TARGET, 'string'],
  ['duration', DURATION, 'string-or-number'],
  ['bytes_sent', BYTES, 'string-or-number'],
  ['authority', VIRTUAL_HOST, 'string'],
  ['upstream_cluster', SERVICE, 'string'],
  ['upstream_host', UPSTREAM, 'string'],
  ['downstream_remote_address', CLIENT, 'string'],
  ['user_agent', USER_AGENT, 'string'],
  ['request_id', REQUEST_ID, 'string'],
  ['trace_id', TRACE_ID, 'string'],
]

/** Envoy Gateway's, and where an address may stand as well. */
const OTHER_NAMES: readonly JsonName[] = [
  ['x-envoy-origin-path', TARGET, 'string'],
  [':authority', VIRTUAL_HOST, 'string'],
  ['user-agent', USER_AGENT, 'string'],
  ['x-request-id', REQUEST_ID, 'string'],
  ['traceparent', TRACE_ID, 'string'],
  ['x_forwarded_for', CLIENT, 'string'],
  ['x-forwarded-for', CLIENT, 'string'],
]

const ENVOY_TABLE = createJsonTable(NAMES, OTHER_NAMES)

function createEnvoyJsonScanner(): ScanLine {
  const scan = createJsonScanner(ENVOY_TABLE)
  return function scanEnvoyJson(source, start, end, slots, line) {
    const outcome = scan(source, start, end, slots, line)
    if (outcome === OK) readCluster(source, slots, line)
    return outcome
  }
}
