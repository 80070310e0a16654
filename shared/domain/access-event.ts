/** One request, or `count` identical ones, as the pipeline understands it. Absent fields were not in the log. */
export interface AccessEvent {
  /** When it ended; with `count` > 1, the start of the interval. Epoch milliseconds. */
  readonly atMs: number
  readonly service: string
  readonly env: string
  readonly method: string
  readonly path: string
  /** The template, e.g. `/users/{id}`. */
  readonly route: string
  /** HTTP status; 0 where the log had none (`-`, 0). */
  readonly status: number
  readonly durationMs?: number
  readonly bytes?: number
  readonly version?: string
  readonly region?: string
  readonly host?: string
  readonly virtualHost?: string
  readonly client?: string
  readonly upstream?: string
  readonly upstreamStatus?: string
  readonly requestId?: string
  readonly traceId?: string
  readonly userAgent?: string
  readonly count: number
}

export const DEFAULT_SERVICE = 'web'
export const DEFAULT_ENV = 'prod'
/** The route of requests beyond a service's admission list; it keeps the service and the status. */
export const OVERFLOW_ROUTE = '__other__'
/** The service of requests beyond the list of services; host headers can name any number of them. */
export const OVERFLOW_SERVICE = '__other__'

export function isServerError(status: number): boolean {
  return status >= 500 && status <= 599
}
