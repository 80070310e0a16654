import { chance } from './distributions.ts'
import type { Prng } from './prng.ts'

/** Which requests of an access log fail: a share of those under a path in `[fromMs, toMs)`, epoch milliseconds. */
export interface RequestFault {
  readonly fromMs: number
  readonly toMs: number
  readonly pathPrefix: string
  /** 0–1. */
  readonly share: number
  readonly status: number
}

/** The line of a common or combined log with its status changed, or as it was: out of reach, lucky, or no such line. */
export function failRequest(line: string, fault: RequestFault, prng: Prng): string {
  const open = line.indexOf('[')
  const quote = line.indexOf('] "', open)
  if (open === -1 || quote === -1) return line
  const atMs = parseTime(line.slice(open + 1, quote))
  if (!(atMs >= fault.fromMs && atMs < fault.toMs)) return line
  const end = endOfQuoted(line, quote + 3)
  const path = line.slice(quote + 3, end).split(' ')[1] ?? ''
  const status = line.slice(end + 2, end + 5)
  if (!path.startsWith(fault.pathPrefix) || !/^\d{3}$/.test(status) || !chance(prng, fault.share)) return line
  return `${line.slice(0, end + 2)}${fault.status}${line.slice(end + 5)}`
}

function endOfQuoted(line: string, from: number): number {
  let at = from
  while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1
  return at
}

/** `26/Jan/2019:19:45:25 +0330` as epoch milliseconds; NaN when it is something else. */
function parseTime(text: string): number {
  const match = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text)
  return match === null ? Number.NaN : Date.parse(`${match[1]} ${match[2]} ${match[3]} ${match[4]} ${match[5]}`)
}
