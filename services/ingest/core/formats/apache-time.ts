import type { TimeKind } from '../parse-time.ts'
import { strftimeBytes, strftimeProblem } from '../strftime.ts'
import type { ApacheToken } from './apache-tokens.ts'

/** One or several directives next to one another that write a time, `%{%F %T}t.%{msec_frac}t %{%z}t`. */
export interface ApacheTime {
  /** The place of the first of them among the tokens, and how many there are. */
  readonly at: number
  readonly count: number
  readonly kind: TimeKind
  readonly minBytes: number
  /** Does it say when the request ended? */
  readonly isEnd: boolean
  readonly problem: string | undefined
}

/** Tokens that go on with the time before them. */
const FRACTIONS: Readonly<Record<string, string>> = { msec_frac: '%3f', usec_frac: '%6f' }
const EPOCHS: readonly string[] = ['sec', 'msec', 'usec']
const ZONES: readonly string[] = ['%z', '%Z']
const CLF_BYTES = 20
const EPOCH_BYTES = 10

/** Every time that a `LogFormat` writes, in its order. */
export function findTimes(tokens: readonly ApacheToken[]): readonly ApacheTime[] {
  const times: ApacheTime[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined || !isTime(token)) continue
    let count = 1
    while (isTime(tokens[at + count]) && isContinuation(tokens[at + count])) count++
    times.push(toTime(tokens.slice(at, at + count), at))
    at += count - 1
  }
  return times
}

/** The time to go by: the request's end before its beginning, then one that names its zone. */
export function bestTime(times: readonly ApacheTime[]): ApacheTime | undefined {
  const readable = times.filter(({ problem }) => problem === undefined)
  return readable.toSorted((a, b) => rank(b) - rank(a))[0] ?? times[0]
}

function rank({ isEnd, kind }: ApacheTime): number {
  const hasZone = typeof kind === 'string' || kind.strftime.includes('%z')
  return (isEnd ? 2 : 0) + (hasZone ? 1 : 0)
}

function isTime(token: ApacheToken | undefined): boolean {
  return token !== undefined && (token.name === 't' || token.name.endsWith(' t'))
}

function isContinuation(token: ApacheToken | undefined): boolean {
  const format = formatOf(token)
  return format in FRACTIONS || ZONES.includes(format)
}

function toTime(tokens: readonly ApacheToken[], at: number): ApacheTime {
  const [first] = tokens
  const isEnd = first?.argument.startsWith('end:') === true
  const shared = { at, count: tokens.length, isEnd }
  if (first?.name === 't') return { ...shared, kind: 'clf', minBytes: CLF_BYTES, problem: undefined }
  if (EPOCHS.includes(formatOf(first))) {
    return { ...shared, kind: 'rfc3339-or-epoch', minBytes: EPOCH_BYTES, problem: undefined }
  }
  const strftime = tokens.map((token, i) => partOf(token) + (i + 1 < tokens.length ? token.literal : '')).join('')
  const why = strftimeProblem(strftime)
  const problem = why === undefined ? undefined : `the time ${first?.text} ${why}`
  return { ...shared, kind: { strftime }, minBytes: strftimeBytes(strftime), problem }
}

function partOf(token: ApacheToken): string {
  const format = formatOf(token)
  return FRACTIONS[format] ?? format
}

function formatOf(token: ApacheToken | undefined): string {
  return (token?.argument ?? '').replace(/^(?:begin|end):/, '')
}
