import type { Escaping } from '../decode-value.ts'
import type { FormatSpec } from '../format-spec.ts'
import type { TimeKind } from '../parse-time.ts'
import { cutServicePort } from './kubernetes-service.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  HOST,
  type LineFormat,
  METHOD,
  REQUEST_ID,
  SERVICE,
  STATUS,
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { compilePattern, IGNORED, type PatternStep, REQUEST_LINE } from './pattern.ts'

/** The variables that say something of ours. Of several for one field, the one that stands higher here is read. */
const VARIABLES: ReadonlyMap<string, number> = new Map([
  ['msec', TIME],
  ['time_iso8601', TIME],
  ['time_local', TIME],
  ['status', STATUS],
  ['request', REQUEST_LINE],
  ['request_method', METHOD],
  ['request_uri', TARGET],
  ['uri', TARGET],
  ['document_uri', TARGET],
  ['host', VIRTUAL_HOST],
  ['http_host', VIRTUAL_HOST],
  ['server_name', VIRTUAL_HOST],
  ['hostname', HOST],
  ['remote_addr', CLIENT],
  ['body_bytes_sent', BYTES],
  ['bytes_sent', BYTES],
  ['request_time', DURATION],
  ['upstream_response_time', DURATION],
  ['upstream_addr', UPSTREAM],
  ['upstream_status', UPSTREAM_STATUS],
  ['http_user_agent', USER_AGENT],
  ['request_id', REQUEST_ID],
  ['http_x_request_id', REQUEST_ID],
  ['otel_trace_id', TRACE_ID],
  ['http_traceparent', TRACE_ID],
  // What ingress-nginx adds.
  ['the_real_ip', CLIENT],
  ['req_id', REQUEST_ID],
  ['service_name', SERVICE],
  ['proxy_upstream_name', SERVICE],
])
const PREFERENCE: readonly string[] = [...VARIABLES.keys()]

/** What nginx writes unless it is told otherwise. */
const NGINX_COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'

/** Lines of any nginx `log_format` string. */
export const nginx: FormatDefinition = {
  name: 'nginx',
  aliases: [],
  candidates: [],
  isLike: () => true,
  compile: compileNginx,
}

/** What the ingress controller of Kubernetes writes unless it is told otherwise (`upstreaminfo`). */
const INGRESS_NGINX = `${NGINX_COMBINED} $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id`

/** Lines of ingress-nginx. The upstream's name is namespace, service and port: `shop-checkout-8080` is service `shop-checkout`. */
export const ingressNginx: FormatDefinition = {
  name: 'ingress-nginx',
  aliases: ['nginx-ingress', 'ingress'],
  candidates: [{ name: 'ingress-nginx' }],
  isLike: () => true,
  compile: () => compileNginx({ name: 'nginx', logFormat: INGRESS_NGINX }),
}

/** Why a `log_format` string can't be read, as a sentence; undefined when it can. */
export function nginxFormatProblem(logFormat: string): string | undefined {
  const tokens = tokenize(readDirective(logFormat).logFormat)
  const names = new Set(tokens.map((token) => token.variable))
  const has = (...wanted: string[]) => wanted.some((name) => names.has(name))
  if (!has('status')) return 'the log_format has no $status'
  if (!has('time_local', 'time_iso8601', 'msec')) return 'the log_format has no $time_local, $time_iso8601 or $msec'
  if (!has('request', 'request_uri', 'uri', 'document_uri'))
    return 'the log_format has no $request, $request_uri or $uri'
  const glued = tokens.findIndex(({ literal }, i) => literal === '' && i + 1 < tokens.length)
  const [left, right] = [tokens[glued]?.variable, tokens[glued + 1]?.variable]
  if (glued !== -1) return `nothing separates $${left} from $${right} in the log_format`
  return undefined
}

function compileNginx(spec: FormatSpec): LineFormat {
  const { logFormat, escaping } = readDirective(spec.logFormat ?? NGINX_COMBINED)
  const tokens = tokenize(logFormat)
  const read = chooseVariables(tokens.map((token) => token.variable))
  const scan = compilePattern({
    prefix: prefixOf(logFormat),
    steps: tokens.flatMap((token) => toSteps(token, read)),
  })
  const isUpstreamName = read.has('proxy_upstream_name')
  return { scan: isUpstreamName ? cutServicePort(scan) : scan, time: timeKind(read), escaping, durationUnitMs: 1000 }
}

const DIRECTIVE = /^(?:log_format\s+\S+\s+)?(?:escape=(\w+)\s+)?(.*?);?$/s
const ESCAPINGS: Readonly<Record<string, Escaping>> = { default: 'backslash', json: 'json', none: 'none' }

/** Takes the string as it stands in nginx.conf: with the directive and `escape=` before it, in quoted pieces, or just itself. */
function readDirective(text: string): { logFormat: string; escaping: Escaping } {
  const [, escapeName = 'default', format = ''] = DIRECTIVE.exec(text.trim()) ?? []
  const pieces = [...format.matchAll(/'([^']*)'/g)].map(([, piece]) => piece)
  const isQuoted = format.startsWith("'") && format.endsWith("'")
  return { logFormat: isQuoted ? pieces.join('') : format, escaping: ESCAPINGS[escapeName] ?? 'backslash' }
}

interface Token {
  readonly variable: string
  /** The text between this variable and the next. */
  readonly literal: string
}

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))([^$]*)/g

function prefixOf(logFormat: string): string {
  const first = logFormat.indexOf('$')
  return first === -1 ? logFormat : logFormat.slice(0, first)
}

function tokenize(logFormat: string): Token[] {
  return [...logFormat.matchAll(VARIABLE)].map(([, braced, bare, literal]) => ({
    variable: braced ?? bare ?? '',
    literal: literal ?? '',
  }))
}

/** One variable for each field: the preferred one. A request line is better than its parts. */
function chooseVariables(present: readonly string[]): ReadonlySet<string> {
  const chosen = new Map<number, string>()
  for (const name of PREFERENCE) {
    const field = VARIABLES.get(name)
    if (field === undefined || !present.includes(name) || chosen.has(field)) continue
    const isPartOfRequest = (field === METHOD || field === TARGET) && chosen.has(REQUEST_LINE)
    if (!isPartOfRequest) chosen.set(field, name)
  }
  return new Set(chosen.values())
}

function timeKind(read: ReadonlySet<string>): TimeKind {
  return read.has('time_local') ? 'clf' : 'rfc3339-or-epoch'
}

function toSteps({ variable, literal }: Token, read: ReadonlySet<string>): PatternStep[] {
  const field = read.has(variable) ? (VARIABLES.get(variable) ?? IGNORED) : IGNORED
  const isList = variable.startsWith('upstream_')
  // Unquoted, the spaces of a request line are its own.
  const isBareRequest = variable === 'request' && literal.startsWith(' ')
  if (!isBareRequest) return [{ field, until: literal, isList }]
  const [method, target] = field === REQUEST_LINE ? [METHOD, TARGET] : [IGNORED, IGNORED]
  return [
    { field: method, until: ' ' },
    { field: target, until: ' ' },
    { field: IGNORED, until: literal },
  ]
}
