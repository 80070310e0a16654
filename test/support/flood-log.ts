/** A log of one service: two hours of a real route, then a minute in which a scanner asks for random paths and the route fails. */
export interface FloodLog {
  readonly lines: Iterable<string>
  /** Of the whole log. */
  readonly serverErrors: number
}

const START_MS = Date.UTC(2026, 2, 1)
const CALM_SECONDS = 7_200
const FLOOD_SECONDS = 60
const FAILING_SECONDS = 300
const REAL_PER_SECOND = 5
/** A few of the flood's requests end in a server error: they must be counted, and blame nobody's route. */
const FLOOD_ERROR_EVERY = 20_000
const ORDINARY_PATHS = 5_000

/** `paths` requests in the flood's minute; `kind` says whether their paths are random words or a few ordinary ones. */
export function floodLog(kind: 'random' | 'ordinary', paths: number): FloodLog {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const word = () => String.fromCharCode(...Array.from({ length: 9 }, () => 97 + Math.floor(random() * 26)))
  const junk = () => (kind === 'random' ? `/${word()}/${word()}` : `/items/${Math.floor(random() * ORDINARY_PATHS)}`)

  function* realSecond(second: number): Generator<string> {
    const isFailing = second >= CALM_SECONDS && second < CALM_SECONDS + FAILING_SECONDS
    for (let i = 0; i < REAL_PER_SECOND; i++) yield line(second, '/checkout', isFailing && i % 2 === 0 ? 500 : 200)
  }

  function* floodSecond(second: number): Generator<string> {
    const from = Math.floor(((second - CALM_SECONDS) * paths) / FLOOD_SECONDS)
    const to = Math.floor(((second + 1 - CALM_SECONDS) * paths) / FLOOD_SECONDS)
    for (let i = from; i < to; i++) yield line(second, junk(), i % FLOOD_ERROR_EVERY === 0 ? 503 : 404)
  }

  function* all(): Generator<string> {
    for (let second = 0; second < CALM_SECONDS + 2 * FAILING_SECONDS; second++) {
      yield* realSecond(second)
      if (second >= CALM_SECONDS && second < CALM_SECONDS + FLOOD_SECONDS) yield* floodSecond(second)
    }
  }

  const realErrors = FAILING_SECONDS * Math.ceil(REAL_PER_SECOND / 2)
  return { lines: all(), serverErrors: realErrors + Math.ceil(paths / FLOOD_ERROR_EVERY) }
}

function line(second: number, path: string, status: number): string {
  const at = new Date(START_MS + second * 1_000).toISOString()
  return `192.0.2.7 - - [01/Mar/2026:${at.slice(11, 19)} +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "probe/1.0"\n`
}

/** The lines in pieces that a pipe likes. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece: string[] = []
  for (const text of lines) {
    piece.push(text)
    if (piece.length < 5_000) continue
    yield piece.join('')
    piece = []
  }
  yield piece.join('')
}
