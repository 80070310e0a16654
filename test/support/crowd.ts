/** What a flood of random paths is told by: a real route, and a crowd beside it, as lines of a combined log. */
const REAL_PER_SECOND = 5
/** A few of the crowd's requests end in a server error: they must be counted, and blame nobody's route. */
const CROWD_ERROR_EVERY = 20_000
const ORDINARY_PATHS = 5_000
export const CROWD_SECONDS = 60

/** A second of the real route. */
export function realRequests(atMs: number, isFailing: boolean): string[] {
  const time = logTime(atMs)
  return Array.from({ length: REAL_PER_SECOND }, (_, i) =>
    line(time, '/checkout', isFailing && i % 2 === 0 ? 500 : 200),
  )
}

/** Whether a crowd asks for random words or for a few ordinary paths. */
export type CrowdKind = 'random' | 'ordinary'

/** `paths` requests within a minute, as one function that tells of its seconds in their order. */
export function createCrowd(kind: CrowdKind, paths: number): (atMs: number, second: number) => string[] {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const word = () => String.fromCharCode(...Array.from({ length: 9 }, () => 97 + Math.floor(random() * 26)))
  const path = () => (kind === 'random' ? `/${word()}/${word()}` : `/items/${Math.floor(random() * ORDINARY_PATHS)}`)
  return (atMs, second) => {
    const time = logTime(atMs)
    const from = Math.floor((second * paths) / CROWD_SECONDS)
    const to = Math.floor(((second + 1) * paths) / CROWD_SECONDS)
    return Array.from({ length: to - from }, (_, i) =>
      line(time, path(), (from + i) % CROWD_ERROR_EVERY === 0 ? 503 : 404),
    )
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function logTime(atMs: number): string {
  const iso = new Date(atMs).toISOString()
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

function line(time: string, path: string, status: number): string {
  return `192.0.2.7 - - [${time}] "GET ${path} HTTP/1.1" ${status} 512 "-" "probe/1.0"\n`
}
