/** The methods that are kept by name: a client can send any word, and each would be a series of its own. */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'PURGE'],
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'SEARCH', 'REPORT'],
])

/** OpenTelemetry's name for any other method. */
export const OTHER_METHOD = '_OTHER'

/** The method in upper case, or `_OTHER`. */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase()
  return KNOWN_METHODS.has(upper) ? upper : OTHER_METHOD
}
