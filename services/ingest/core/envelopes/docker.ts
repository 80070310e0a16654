// Hot path: indexes bytes, several parameters.
import type { EnvelopeDefinition } from './envelope.ts'
import { createWrapped, noText, readWrapped, type WrappedText } from './wrapped-text.ts'

/**
 * What Docker's json-file driver writes: `{"log":"the line\n","stream":"stdout","time":"2026-11-21T10:00:00.1Z"}`. A line
 * longer than 16 KiB is cut into several, of which only the last ends with `\n`.
 */
export const docker: EnvelopeDefinition = {
  create: () => createWrapped(judge),
  isPart: (source, start, end) => {
    const text = noText()
    return readWrapped(source, start, end, text) && judge(source.bytes, text) === 'part'
  },
}

function judge(bytes: Buffer, { hasStream, textFrom, textTo }: WrappedText): 'whole' | 'part' | 'other' {
  if (!hasStream) return 'other'
  return endsLine(bytes, textFrom, textTo) ? 'whole' : 'part'
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
