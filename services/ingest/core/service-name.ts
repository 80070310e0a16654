import { templateSegment } from './route-template.ts'

/** Which part of a request names its service; `{ pathSegment: 1 }` is the first segment of the path. */
export type ServiceFrom = 'virtual_host' | 'upstream' | { readonly pathSegment: number }

/** What an event's service name was taken from. */
export const SERVICE_ORIGINS = ['constant', 'field', 'service_from', 'virtual_host', 'default'] as const
export type ServiceOrigin = (typeof SERVICE_ORIGINS)[number]

export type ServiceFromChoice =
  | { readonly kind: 'known'; readonly serviceFrom: ServiceFrom }
  | { readonly kind: 'unknown'; readonly hint: string }

const MAX_PATH_SEGMENT = 8

/** What `--service-from` says: `virtual_host`, `upstream` or `path:N`. */
export function parseServiceFrom(text: string): ServiceFromChoice {
  const name = text.trim().toLowerCase().replaceAll('-', '_')
  if (name === 'virtual_host' || name === 'upstream') return { kind: 'known', serviceFrom: name }
  const pathSegment = Number(/^path:(\d{1,2})$/.exec(name)?.[1] ?? 0)
  if (pathSegment >= 1 && pathSegment <= MAX_PATH_SEGMENT) return { kind: 'known', serviceFrom: { pathSegment } }
  return { kind: 'unknown', hint: `it can be virtual_host, upstream or path:1 to path:${MAX_PATH_SEGMENT}` }
}

/** A host name as DNS allows it, plus underscores; or an address in brackets. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/

/**
 * The name in a Host header, which any client can write: lower case, without port and trailing dot; '' when it is no host
 * name, or nginx's `_` for none.
 */
export function normalizeVirtualHost(host: string): string {
  const name = host
    .toLowerCase()
    .replace(/:\d{1,5}$/, '')
    .replace(/\.$/, '')
  return name !== '_' && HOST.test(name) ? name : ''
}

/** The N-th segment of a path (from 1) as a service's name; '' when there is none, or when it is an id or a file. */
export function serviceOfPath(path: string, pathSegment: number): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const segment = segments[pathSegment - 1] ?? ''
  const isFile = pathSegment === segments.length && segment.includes('.')
  const template = templateSegment(segment)
  return isFile || template.includes('{') ? '' : template
}
