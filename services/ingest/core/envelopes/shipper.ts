import { toByteSource } from '../byte-source.ts'
import { UNMATCHED } from '../formats/line-format.ts'
import { type Envelope, type EnvelopeDefinition, INSIDE_NUMBERS } from './envelope.ts'
import { createPartJoiner, STDOUT } from './join-parts.ts'
import { writeUnescaped } from './unescape-json.ts'
import { noText, readWrapped } from './wrapped-text.ts'

/**
 * What log shippers send of a line: `{"message":"the line",…}` (Filebeat, Logstash, Vector) or `{"log":"the line",…}` (Fluent
 * Bit, Fluentd), with whatever else they know beside it. They have joined what a container runtime cut up.
 */
export const shipper: EnvelopeDefinition = { create: createShipper }

function createShipper(): Envelope {
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
      if (!readWrapped(block, start, end, record)) return UNMATCHED
      return joiner.add(STDOUT, record.textFrom, record.textTo, true)
    },
  }
}
