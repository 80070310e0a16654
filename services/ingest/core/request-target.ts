/**
 * The path of a request target, without what may be private or endless: query, fragment, user names and passwords, and the
 * parameters of segments such as `;jsessionid=`. A proxy's absolute form `http://host/path` gives its path. What is no path
 * (`*`, `host:443` of CONNECT, junk) stays as it is.
 */
export function pathOfTarget(target: string): string {
  const text = withoutUserInfo(withoutOrigin(target))
  const queryAt = text.search(QUERY_START)
  const path = queryAt === -1 ? text : text.slice(0, queryAt)
  return path.includes(';') ? path.replace(SEGMENT_PARAMETERS, '') : path
}

/** The path of a target with those parameters of its query that may be kept, in the target's order: `/list?page=2`. */
export function pathWithQuery(target: string, keepQuery: readonly string[]): string {
  const path = pathOfTarget(target)
  const [, query = ''] = /\?([^#]*)/.exec(target) ?? []
  const kept = query.split('&').filter((parameter) => keepQuery.includes(parameter.split('=', 1)[0] ?? ''))
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`
}

/** An address of something that was called, without user, password, query and fragment. */
export function withoutSecrets(url: string): string {
  const [address = ''] = withoutUserInfo(url).split(/[?#]/, 1)
  return address
}

/** A route that a program named, without a query; the question mark of `/users/:id?` stays. */
export function withoutQuery(route: string): string {
  return route.includes('?') ? route.replace(/\?(?!\/|$).*$/s, '') : route
}

/** Some write the question mark encoded, or forget it. */
const QUERY_START = /[?#]|%3f|&[^/=&]+=/i
const ORIGIN = /^[a-z][a-z0-9+.-]{1,15}:\/\/[^/?#]*/i
const SEGMENT_PARAMETERS = /;[^/;=]*=[^/;]*/g

function withoutOrigin(target: string): string {
  if (target.startsWith('/')) return target
  const origin = ORIGIN.exec(target)
  if (origin === null) return target
  const path = target.slice(origin[0].length)
  return path.startsWith('/') ? path : `/${path}`
}

/** `http://user:password@host`, `//user@host`, `/proxy//user:password@host`, `user:password@host:443`. */
const USER_INFO = /(:\/\/|^\/\/)[^/?#]*@|(\/\/)[^/?#@:]*:[^/?#]*@|^[^/?#]*@/g

function withoutUserInfo(text: string): string {
  return text.includes('@') ? text.replace(USER_INFO, '$1$2') : text
}
