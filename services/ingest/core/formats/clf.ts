// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import {
  BATCH_LINES,
  BYTES,
  CLIENT,
  type FormatDefinition,
  type LineFormat,
  OK,
  type Slots,
  STATUS,
  slotOf,
  TIME,
  UNMATCHED,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { findQuote } from './quoted.ts'
import { splitRequestLine } from './request-line.ts'

/** Apache's and nginx's `combined`. */
export const combined: FormatDefinition = {
  name: 'combined',
  aliases: ['nginx-combined', 'apache-combined', 'apache'],
  candidates: [{ name: 'combined' }],
  isLike: ({ userAgent }) => userAgent.size > 1,
  compile: () => compileClf(scanClfLine),
}

/** Apache's `common`: `combined` without referer and user agent. */
export const common: FormatDefinition = {
  name: 'common',
  aliases: ['clf', 'apache-common', 'ncsa'],
  candidates: [{ name: 'common' }],
  isLike: () => true,
  compile: () => compileClf(scanClfLine),
}

/** Either of them after the virtual host, `shop.example:443 10.1.2.3 - - […`. */
export const vhostCombined: FormatDefinition = {
  name: 'vhost-combined',
  aliases: ['vhost', 'vhost-common', 'apache-vhost'],
  candidates: [{ name: 'vhost-combined' }],
  isLike: ({ virtualHost }) => virtualHost.values.length > 1,
  compile: () => compileClf(scanVirtualHostLine),
}

function compileClf(scan: LineFormat['scan']): LineFormat {
  return { scan, time: 'clf', escaping: 'backslash' }
}

const SPACE = 0x20
const QUOTE = 0x22
const HYPHEN = 0x2d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
/** Of `26/Jan/2019:19:45:25 +0330`, as every server writes it. */
const USUAL_TIME_BYTES = 26

function scanVirtualHostLine(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  const hostEnd = findByte(source, SPACE, start, end)
  const clientEnd = findByte(source, SPACE, hostEnd + 1, end)
  // Where the time follows at once, the line begins with the client.
  if (clientEnd >= end || source.bytes[findByte(source, SPACE, clientEnd + 1, end) + 1] === OPEN_BRACKET)
    return UNMATCHED
  setSlot(source.bytes, start, hostEnd, slots, slotOf(VIRTUAL_HOST) + line)
  return scanClfLine(source, hostEnd + 1, end, slots, line)
}

/**
 * `10.1.2.3 - alice [26/Jan/2019:19:45:25 +0330] "GET / HTTP/1.1" 200 30975 "https://referer/" "Mozilla/5.0 (…)"`. Whatever
 * follows the status may be missing, and whatever follows the user agent is ignored: servers are set up so.
 */
export function scanClfLine(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  const bytes = source.bytes
  const clientEnd = findByte(source, SPACE, start, end)
  // The user may contain spaces and brackets, but not both in this order.
  let timeAt = findByte(source, OPEN_BRACKET, clientEnd, end)
  while (timeAt < end && bytes[timeAt - 1] !== SPACE) timeAt = findByte(source, OPEN_BRACKET, timeAt + 1, end)
  timeAt += 1
  const usualEnd = timeAt + USUAL_TIME_BYTES
  const timeEnd = bytes[usualEnd] === CLOSE_BRACKET ? usualEnd : findByte(source, CLOSE_BRACKET, timeAt, end)
  if (timeEnd + 3 >= end || bytes[timeEnd + 1] !== SPACE || bytes[timeEnd + 2] !== QUOTE) return UNMATCHED
  const requestAt = timeEnd + 3
  let requestEnd = findQuote(source, requestAt, end)
  // A quote that its writer failed to escape is mostly followed by something else.
  while (requestEnd < end && bytes[requestEnd + 1] !== SPACE) {
    requestEnd = bytes[requestEnd + 1] === QUOTE ? requestEnd + 1 : findQuote(source, requestEnd + 1, end)
  }
  if (requestEnd + 2 >= end) return UNMATCHED
  setSlot(bytes, start, clientEnd, slots, CLIENT_SLOT + line)
  setSlot(bytes, timeAt, timeEnd, slots, TIME_SLOT + line)
  splitRequestLine(source, requestAt, requestEnd, slots, line)
  scanAfterRequest(source, requestEnd + 2, end, slots, line)
  return OK
}

const CLIENT_SLOT = slotOf(CLIENT)
const TIME_SLOT = slotOf(TIME)
const STATUS_SLOT = slotOf(STATUS)
const BYTES_SLOT = slotOf(BYTES)
const USER_AGENT_SLOT = slotOf(USER_AGENT)

function scanAfterRequest(source: ByteSource, start: number, end: number, slots: Slots, line: number): void {
  const bytes = source.bytes
  const statusEnd = findSpace(bytes, start, end)
  // A hyphen, too: it says that there was no status.
  slots[STATUS_SLOT + line] = start
  slots[STATUS_SLOT + BATCH_LINES + line] = statusEnd
  if (statusEnd === end) return
  const sizeEnd = findSpace(bytes, statusEnd + 1, end)
  setSlot(bytes, statusEnd + 1, sizeEnd, slots, BYTES_SLOT + line)
  const refererAt = findByte(source, QUOTE, sizeEnd, end) + 1
  if (refererAt >= end) return
  const refererEnd = findQuote(source, refererAt, end)
  if (refererEnd + 3 >= end || bytes[refererEnd + 2] !== QUOTE) return
  const agentAt = refererEnd + 3
  setSlot(bytes, agentAt, findQuote(source, agentAt, end), slots, USER_AGENT_SLOT + line)
}

/** For values of a few bytes, where a plain loop is fastest. */
function findSpace(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== SPACE) at++
  return at
}

/** A lone hyphen is how logs write nothing. */
function setSlot(bytes: Buffer, start: number, end: number, slots: Slots, slot: number): void {
  if (end === start || (end - start === 1 && bytes[start] === HYPHEN)) return
  slots[slot] = start
  slots[slot + BATCH_LINES] = end
}
