// Hot path: looks for bytes.

/** Cuts what a connection sends into messages. */
export interface SyslogFrames {
  /** The messages that are whole now, each without its end and on one line; what follows is kept for the next call. */
  push(bytes: Uint8Array): Buffer[]
  /** What is left when nothing more comes. */
  rest(): Buffer[]
  /** Messages that were longer than allowed, and left out. */
  tooLongCount(): number
}

const NEWLINE = 0x0a
const SPACE = 0x20
const OPEN_ANGLE = 0x3c
const LENGTH_DIGITS_MAX = 7

/**
 * RFC 6587: a message comes after its length, as `57 <190>1 …`, or goes to the end of the line. Each message may be of
 * either kind. One that is longer than `bytesMax` is left out as it comes, without being held.
 */
export function createSyslogFrames(bytesMax: number): SyslogFrames {
  let held: Buffer = Buffer.alloc(0)
  let tooLong = 0
  /** Bytes of a message that is left out; -1: up to the next line end. */
  let skipping = 0

  function skip(): boolean {
    const newline = skipping < 0 ? held.indexOf(NEWLINE) : -1
    const skipped = skipping < 0 ? newline + 1 || held.length : Math.min(skipping, held.length)
    if (skipping > 0) skipping -= skipped
    else if (newline >= 0) skipping = 0
    held = held.subarray(skipped)
    return skipping === 0
  }

  function leaveOut(bytes: number): undefined {
    tooLong += 1
    skipping = bytes
  }

  /** The next message, or undefined when it is not whole yet. */
  function next(): Buffer | undefined {
    const counted = readLength(held)
    if (counted === 'unknown') return undefined
    if (counted === undefined) return nextLine()
    const { start, length } = counted
    const end = start + length
    if (length > bytesMax) return leaveOut(end)
    if (end > held.length) return undefined
    return take(start, end, end)
  }

  function nextLine(): Buffer | undefined {
    const newline = held.indexOf(NEWLINE)
    const length = newline === -1 ? held.length : newline
    if (length > bytesMax) return leaveOut(-1)
    return newline === -1 ? undefined : take(0, newline, newline + 1)
  }

  function take(start: number, end: number, next: number): Buffer {
    const message = onOneLine(held.subarray(start, end))
    held = held.subarray(next)
    return message
  }

  function push(bytes: Uint8Array): Buffer[] {
    held = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes])
    const messages: Buffer[] = []
    while (held.length > 0) {
      if (skipping !== 0 && !skip()) break
      const message = next()
      if (message === undefined && skipping === 0) break
      if (message !== undefined && message.length > 0) messages.push(message)
    }
    return messages
  }

  return {
    push,
    rest: () => (skipping === 0 && held.length > 0 ? [onOneLine(held)] : []),
    tooLongCount: () => tooLong,
  }
}

/** Undefined when the message has no length before it, `unknown` when that can't be told yet. */
function readLength(bytes: Buffer): { readonly start: number; readonly length: number } | 'unknown' | undefined {
  let at = 0
  while (at < bytes.length && at <= LENGTH_DIGITS_MAX && isDigit(bytes[at])) at++
  if (at === 0 || at > LENGTH_DIGITS_MAX) return undefined
  if (at === bytes.length || (bytes[at] === SPACE && at + 1 === bytes.length)) return 'unknown'
  if (bytes[at] !== SPACE || bytes[at + 1] !== OPEN_ANGLE) return undefined
  return { start: at + 1, length: Number(bytes.toString('latin1', 0, at)) }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

/** A message's own line ends would be taken for the ends of messages. */
export function onOneLine(message: Buffer): Buffer {
  let end = message.length
  while (end > 0 && (message[end - 1] ?? 0) <= SPACE) end--
  const line = message.subarray(0, end)
  return line.includes(NEWLINE) ? Buffer.from(line.toString('latin1').replaceAll('\n', ' '), 'latin1') : line
}
