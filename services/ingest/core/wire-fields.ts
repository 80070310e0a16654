// Hot path: indexes bytes and keeps the field last read.
import type { ByteSource } from './byte-source.ts'

/** How protobuf writes a field. https://protobuf.dev/programming-guides/encoding */
export const VARINT = 0
export const FIXED_64 = 1
export const LENGTH = 2
const FIXED_32 = 5

/** Further bytes would be more than any message's. */
const MAX_LENGTH_BYTES = 4
const MAX_VARINT_BYTES = 10
/** Of 49 bits: no number that anybody asks for is longer. */
const MAX_NUMBER_BYTES = 7

/** The fields of protobuf messages, one after the other. */
export interface WireFields {
  /** Reads the field at `start` of a message that ends at `end`; the place after it, or -1 when there is none to be had. */
  read(source: ByteSource, start: number, end: number): number
  // Of the field last read.
  readonly number: number
  readonly wire: number
  /** Where its value is, of LENGTH what is in it. */
  readonly from: number
  readonly to: number
}

export function createWireFields(): WireFields {
  const field = { read, number: 0, wire: 0, from: 0, to: 0 }

  function read({ bytes }: ByteSource, start: number, end: number): number {
    const first = bytes[start] as number
    let at = start + 1
    let tag = first
    if (first > 0x7f) {
      const second = bytes[at++] as number
      // Of no message that is read here.
      if (at > end || second > 0x7f) return -1
      tag = (first & 0x7f) | (second << 7)
    }
    field.number = tag >> 3
    field.wire = tag & 7
    if (field.number === 0) return -1
    let length = 0
    switch (field.wire) {
      case VARINT:
        while (length < MAX_VARINT_BYTES && at + length < end && (bytes[at + length] as number) > 0x7f) length++
        length += 1
        break
      case FIXED_64:
        length = 8
        break
      case FIXED_32:
        length = 4
        break
      case LENGTH: {
        const lengthEnd = Math.min(at + MAX_LENGTH_BYTES, end)
        let shift = 0
        while (at < lengthEnd && (bytes[at] as number) > 0x7f) {
          length |= ((bytes[at++] as number) & 0x7f) << shift
          shift += 7
        }
        if (at >= lengthEnd) return -1
        length |= (bytes[at++] as number) << shift
        break
      }
      default:
        return -1
    }
    field.from = at
    field.to = at + length
    return field.to > end || (length > MAX_VARINT_BYTES && field.wire === VARINT) ? -1 : field.to
  }

  return field
}

/** The number of the varint `[from, to)`; NaN when it is a long or a negative one. */
export function varintAt({ bytes }: ByteSource, from: number, to: number): number {
  if (to - from > MAX_NUMBER_BYTES) return Number.NaN
  let value = 0
  for (let at = to - 1; at >= from; at--) value = value * 128 + ((bytes[at] as number) & 0x7f)
  return value
}
