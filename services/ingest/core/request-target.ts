/**
 * The path of a request target, without what may be private or endless: query, fragment and `;jsessionid=`. A proxy's
 * absolute form `http://host/path` gives its path. What is no path (`*`, `host:443` of CONNECT, junk) stays as it is.
 */
export function pathOfTarget(target: string): string {
  const [path = ''] = withoutOrigin(target).split(/[?#]/, 1)
  return path.includes(';') ? path.replace(SESSION, '') : path
}

const ORIGIN = /^[a-z][a-z0-9+.-]{1,15}:\/\/[^/?#]*/i
const SESSION = /;jsessionid=[^/;]*/gi

function withoutOrigin(target: string): string {
  if (target.startsWith('/')) return target
  const origin = ORIGIN.exec(target)
  if (origin === null) return target
  const path = target.slice(origin[0].length)
  return path.startsWith('/') ? path : `/${path}`
}
