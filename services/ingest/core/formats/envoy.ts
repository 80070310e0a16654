// Hot path: several parameters.
import { readCluster } from './envoy-cluster.ts'
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
  UPSTREAM,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { compilePattern, IGNORED, type PatternStep } from './pattern.ts'
import { clearLine } from './slot-range.ts'

/**
 * Envoy's default format string, and Istio's since 1.9.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string
 */
export const envoy: FormatDefinition = {
  name: 'envoy',
  aliases: ['istio', 'envoy-text'],
  candidates: [{ name: 'envoy' }],
  isLike: () => true,
  compile: () => ({ scan: createEnvoyScanner(), time: 'rfc3339-or-epoch', escaping: 'none' }),
}

const RFC3339_BYTES = 20

/** `[2026-03-01T00:00:00.250Z] "GET /a HTTP/1.1" 200 UF ` */
const HEAD: readonly PatternStep[] = [
  { field: START, until: '] "', minBytes: RFC3339_BYTES },
  { field: METHOD, until: ' ' },
  { field: TARGET, until: ' ' },
  { field: IGNORED, until: '" ' },
  { field: STATUS, until: ' ' },
  { field: IGNORED, until: ' ' },
]

/** Bytes received and sent, durations, and headers. */
const REQUEST: readonly PatternStep[] = [
  { field: IGNORED, until: ' ' },
  { field: BYTES, until: ' ' },
  { field: DURATION, until: ' ' },
  { field: IGNORED, until: ' "' },
  { field: CLIENT, until: '" "' },
  { field: USER_AGENT, until: '" "' },
  { field: REQUEST_ID, until: '" "' },
  { field: VIRTUAL_HOST, until: '" "' },
]

const DEFAULT_STEPS: readonly PatternStep[] = [...HEAD, ...REQUEST, { field: UPSTREAM, until: '"' }]

/** Why it answered so, in words; and at the end cluster, local addresses, the client's, server name and route. */
const ISTIO_STEPS: readonly PatternStep[] = [
  ...HEAD,
  { field: IGNORED, until: ' ' },
  { field: IGNORED, until: ' "' },
  { field: IGNORED, until: '" ' },
  ...REQUEST,
  { field: UPSTREAM, until: '" ' },
  { field: SERVICE, until: ' ' },
  { field: IGNORED, until: ' ' },
  { field: IGNORED, until: ' ' },
  { field: CLIENT, until: ' ' },
  { field: IGNORED, until: ' ' },
  { field: IGNORED, until: '' },
]

function createEnvoyScanner(): ScanLine {
  // Envoy writes headers as they are.
  let first = compilePattern({ prefix: '[', steps: DEFAULT_STEPS, hasEscapes: false })
  let second = compilePattern({ prefix: '[', steps: ISTIO_STEPS, hasEscapes: false })

  return function scanEnvoy(source, start, end, slots, line) {
    let outcome = first(source, start, end, slots, line)
    if (outcome !== OK) {
      clearLine(slots, line)
      outcome = second(source, start, end, slots, line)
      // Lines of a log are alike.
      if (outcome === OK) [first, second] = [second, first]
    }
    if (outcome === OK) readCluster(source, slots, line)
    return outcome
  }
}
