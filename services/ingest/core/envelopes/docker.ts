// Hot path: indexes bytes, several parameters.
import { toByteSource } from '../byte-source.ts'
import { UNMATCHED } from '../formats/line-format.ts'
import { type Envelope, type EnvelopeDefinition, INSIDE_NUMBERS } from './envelope.ts'
import { createPartJoiner, STDERR, STDOUT } from './join-parts.ts'
import { writeUnescaped } from './unescape-json.ts'
import { noText, readWrapped } from './wrapped-text.ts'

/**
 * What Docker's json-file driver writes: `{"log":"the line\n","stream":"stdout","time":"2026-11-21T10:00:00.1Z"}`. A line
 * longer than 16 KiB is cut into several, of which only the last ends with `\n`.
 */
export const docker: EnvelopeDefinition = {
  create: createDocker,
  isPart: (source, start, end) => {
    const record = noText()
    if (!readWrapped(source, start, end, record) || !record.hasStream) return false
    return !endsLine(source.bytes, record.textFrom, record.textTo)
  },
}

function createDocker(): Envelope {
  const inside = new Int32Array(INSIDE_NUMBERS).fill(-1)
  const joiner = createPartJoiner(inside, writeUnescaped)
  const record = noText()
  let block = toByteSource(new Uint8Array(0))

  return {
    inside,
    begin(source) {
      block = source
      return joiner.begin(source)
    },
    unwrap(start, end) {
      if (!readWrapped(block, start, end, record) || !record.hasStream) return UNMATCHED
      const { textFrom, textTo, isStderr } = record
      return joiner.add(isStderr ? STDERR : STDOUT, textFrom, textTo, endsLine(block.bytes, textFrom, textTo))
    },
  }
}

const BACKSLASH = 0x5c
const LETTER_N = 0x6e

/** `\n`, whose backslash is not itself escaped. */
function endsLine(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 2 || bytes[end - 1] !== LETTER_N) return false
  let at = end - 1
  while (at > start && bytes[at - 1] === BACKSLASH) at--
  return (end - 1 - at) % 2 === 1
}
