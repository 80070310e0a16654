// Hot path: indexes typed arrays, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { BATCH_LINES, HOST, type LineFormat, OK, type Slots, slotOf } from '../formats/line-format.ts'

// Where the line inside was found: places in `Envelope.inside`.
export const FROM = 0
export const TO = 1
/** Of the machine that the line came from; -1: the envelope names none. */
export const HOST_FROM = 2
export const HOST_TO = 3
export const INSIDE_NUMBERS = 4

/** What a container runtime or a log daemon puts around each line. */
export interface Envelope {
  /** Begins a block. Returns the bytes that the lines inside will be found in. */
  begin(block: ByteSource): ByteSource
  /**
   * Finds the line within the line `[start, end)` of the block, and sets `inside`. Not OK: UNMATCHED, or COMMENT for what
   * is no line yet: a part of one that was cut up.
   */
  unwrap(start: number, end: number): number
  /** Offsets in what `begin` returned. */
  readonly inside: Int32Array
}

/** Does the line `[start, end)`, which is without its line end, go on in one of the next lines? */
export type IsPartOfLine = (source: ByteSource, start: number, end: number) => boolean

/** What the table of envelopes knows of each. */
export interface EnvelopeDefinition {
  create(): Envelope
  /** Only of those that a long line is cut up by. */
  readonly isPart?: IsPartOfLine
}

const HOST_SLOT = slotOf(HOST)

/** The same format inside an envelope, whose host is a line's if the line itself names none. */
export function putInEnvelope(definition: EnvelopeDefinition, format: LineFormat): LineFormat {
  const envelope = definition.create()
  const { inside } = envelope
  let text: ByteSource | undefined

  function begin(block: ByteSource, directives: string): ByteSource {
    text = envelope.begin(block)
    return format.begin?.(text, directives) ?? text
  }

  function scan(block: ByteSource, start: number, end: number, slots: Slots, line: number): number {
    const outcome = envelope.unwrap(start, end)
    if (outcome !== OK) return outcome
    const scanned = format.scan(text ?? block, inside[FROM] as number, inside[TO] as number, slots, line)
    const hostAt = inside[HOST_FROM] as number
    if (scanned === OK && hostAt >= 0 && (slots[HOST_SLOT + line] as number) < 0) {
      slots[HOST_SLOT + line] = hostAt
      slots[HOST_SLOT + BATCH_LINES + line] = inside[HOST_TO] as number
    }
    return scanned
  }

  return { ...format, scan, begin }
}
