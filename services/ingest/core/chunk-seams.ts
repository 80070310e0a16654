import { toByteSource } from './byte-source.ts'
import { FROM, TO } from './envelopes/envelope.ts'
import { ENVELOPES } from './envelopes/table.ts'
import type { EnvelopeName, FormatSpec } from './format-spec.ts'
import { OK } from './formats/line-format.ts'
import { hasDirectives } from './formats/table.ts'
import { MAX_LINE_BYTES } from './parsed-block.ts'

/** A log is parsed in chunks, side by side; this is what one of them must know of those before it. */
export interface ChunkSeams {
  /**
   * How many of the chunk's bytes are whole lines. Give what follows again before the next chunk: lines that go on there, as
   * a container runtime cuts long ones up.
   */
  wholeLines(bytes: Uint8Array): number
  /** The directives that hold where the chunk begins, as lines; '' when there are none. Ask once for each chunk, in order. */
  directivesBefore(bytes: Uint8Array): string
}

/** Of lines of which nothing is known, or each of which is read by itself. */
export const NO_SEAMS: ChunkSeams = { wholeLines: (bytes) => bytes.length, directivesBefore: () => '' }

const NEWLINE = 0x0a
const RETURN = 0x0d
/** What is held back of a chunk; what goes on for longer is no line of any log. */
const MAX_HELD_BACK_BYTES = 2 * MAX_LINE_BYTES

export function createChunkSeams(format: FormatSpec): ChunkSeams {
  const isPart = format.envelope === undefined ? undefined : ENVELOPES[format.envelope].isPart
  const readsDirectives = hasDirectives(format)
  const findDirective = format.envelope === undefined ? lastDirective : wrappedDirectives(format.envelope)
  const latest = new Map<string, string>()

  function wholeLines(bytes: Uint8Array): number {
    if (isPart === undefined) return bytes.length
    const source = toByteSource(bytes)
    for (let end = bytes.length; bytes.length - end < MAX_HELD_BACK_BYTES; ) {
      const start = end < 2 ? 0 : source.bytes.lastIndexOf(NEWLINE, end - 2) + 1
      if (start === end || !isPart(source, start, withoutLineEnd(bytes, start, end))) return end
      end = start
    }
    return bytes.length
  }

  function directivesBefore(bytes: Uint8Array): string {
    if (!readsDirectives) return ''
    const before = [...latest.values()].join('')
    for (const name of DIRECTIVES) {
      const line = findDirective(toByteSource(bytes).bytes, name)
      if (line !== undefined) latest.set(name, line)
    }
    return before
  }

  return { wholeLines, directivesBefore }
}

/** Those of W3C's log formats that say how to read the lines after them. */
const DIRECTIVES = ['#Date:', '#Fields:']

/** The last line of the chunk that begins with `name`, with its line end. */
function lastDirective(bytes: Buffer, name: string): string | undefined {
  const at = bytes.lastIndexOf(`\n${name}`)
  const start = at === -1 ? 0 : at + 1
  if (at === -1 && bytes.indexOf(name) !== 0) return undefined
  const newline = bytes.indexOf(NEWLINE, start)
  const end = newline === -1 ? bytes.length : newline
  return end - start > MAX_LINE_BYTES ? undefined : `${bytes.toString('utf8', start, end)}\n`
}

/** The same of lines that are each in an envelope. */
function wrappedDirectives(name: EnvelopeName): (bytes: Buffer, directive: string) => string | undefined {
  const envelope = ENVELOPES[name].create()
  return (bytes, directive) => {
    for (let at = bytes.lastIndexOf(directive); at !== -1; ) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1
      const newline = bytes.indexOf(NEWLINE, at)
      const line = bytes.subarray(start, withoutLineEnd(bytes, start, newline === -1 ? bytes.length : newline))
      const text = envelope.begin(toByteSource(line))
      if (line.length <= MAX_LINE_BYTES && envelope.unwrap(0, line.length) === OK) {
        const inside = text.bytes.toString('utf8', envelope.inside[FROM], envelope.inside[TO])
        if (inside.startsWith(directive)) return `${inside}\n`
      }
      // What is elsewhere in a line is none; look on before that line.
      at = start === 0 ? -1 : bytes.lastIndexOf(directive, start - 1)
    }
    return undefined
  }
}

function withoutLineEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end
  if (at > start && bytes[at - 1] === NEWLINE) at--
  return at > start && bytes[at - 1] === RETURN ? at - 1 : at
}
