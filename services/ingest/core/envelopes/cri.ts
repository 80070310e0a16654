// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte, toByteSource } from '../byte-source.ts'
import { UNMATCHED } from '../formats/line-format.ts'
import { type Envelope, type EnvelopeDefinition, INSIDE_NUMBERS } from './envelope.ts'
import { createPartJoiner, STDERR, STDOUT, type WriteText } from './join-parts.ts'

/**
 * What containerd and CRI-O write for Kubernetes: `2026-11-21T10:00:00.123456789Z stdout F the line`. Tags are separated by
 * colons, the first says whether the line is full (F) or goes on in the stream's next one (P).
 */
export const cri: EnvelopeDefinition = {
  create: createCri,
  isPart: (source, start, end) => {
    const tagAt = findTag(source, start, end)
    return tagAt >= 0 && source.bytes[tagAt] === PARTIAL
  },
}

const SPACE = 0x20
const COLON = 0x3a
const PARTIAL = 0x50
const FULL = 0x46
const OUT = Buffer.from('stdout ')
const ERR = Buffer.from('stderr ')
/** Of `2026-11-21T10:00:00Z`, and of the longest, with nanoseconds and a zone. */
const [TIME_BYTES_MIN, TIME_BYTES_MAX] = [20, 35]

const copy: WriteText = (from, start, end, to, at) => at + from.bytes.copy(to.bytes, at, start, end)

function createCri(): Envelope {
  const inside = new Int32Array(INSIDE_NUMBERS).fill(-1)
  const joiner = createPartJoiner(inside, copy)
  let block = toByteSource(new Uint8Array(0))

  return {
    inside,
    begin(source) {
      block = source
      return joiner.begin(source)
    },
    unwrap(start, end) {
      const tagAt = findTag(block, start, end)
      if (tagAt < 0) return UNMATCHED
      const bytes = block.bytes
      const isStderr = bytes[tagAt - ERR.length + 3] === ERR[3]
      const textAt = Math.min(end, findByte(block, SPACE, tagAt, end) + 1)
      return joiner.add(isStderr ? STDERR : STDOUT, textAt, end, bytes[tagAt] === FULL)
    },
  }
}

/** Where the tags begin, or -1 if the line is none of CRI. */
function findTag(source: ByteSource, start: number, end: number): number {
  const bytes = source.bytes
  if (start + TIME_BYTES_MIN >= end || bytes[start + 4] !== 0x2d || bytes[start + 10] !== 0x54) return -1
  const timeEnd = findByte(source, SPACE, start + TIME_BYTES_MIN, Math.min(end, start + TIME_BYTES_MAX + 1))
  const tagAt = timeEnd + 1 + OUT.length
  if (tagAt >= end || !(isAt(bytes, timeEnd + 1, OUT) || isAt(bytes, timeEnd + 1, ERR))) return -1
  const after = tagAt + 1 < end ? bytes[tagAt + 1] : SPACE
  const isTag = bytes[tagAt] === FULL || bytes[tagAt] === PARTIAL
  return isTag && (after === SPACE || after === COLON) ? tagAt : -1
}

function isAt(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
