import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import type { FormatSpec } from './format-spec.ts'
import { FORMATS } from './formats/table.ts'
import { createBlockParser } from './parse-block.ts'
import type { ParsedBlock } from './parsed-block.ts'

export type DetectedFormat =
  | { readonly kind: 'known'; readonly spec: FormatSpec }
  /** `hint` goes on from "its first lines": what they look like. */
  | { readonly kind: 'unknown'; readonly hint: string }

/** Lines that a log is told by: enough to outvote garbage, few enough to cost nothing. */
const SAMPLE_LINES = 200
/** A format that reads fewer than half of a log's lines is not its format. */
const LEAST_SHARE = 0.5

/** The format that reads most of a log's first lines; of equals the one that stands first in the table. */
export function detectFormat(firstBytes: Uint8Array): DetectedFormat {
  const sample = firstLines(firstBytes)
  const trials = FORMATS.flatMap(({ candidates, isLike }) =>
    candidates.map((spec) => {
      const block = parseSample(spec, sample)
      return { spec, share: isLike(block.columns) ? shareRead(block) : 0, block }
    }),
  )
  // The sort is stable.
  const [best] = trials.toSorted((a, b) => b.share - a.share)
  if (best !== undefined && best.share >= LEAST_SHARE) return { kind: 'known', spec: best.spec }
  const json = trials.find(({ spec }) => spec.name === 'ndjson')
  return { kind: 'unknown', hint: describe(sample, json?.block) }
}

function parseSample(format: FormatSpec, sample: Uint8Array): ParsedBlock {
  const parser = createBlockParser({ format, env: DEFAULT_ENV })
  return parser.parse(sample, { source: '', firstLine: 1, firstByte: 0 })
}

/** The share of the sample's lines that are events in this format, 0–1. */
function shareRead(block: ParsedBlock): number {
  return block.parsed / Math.max(1, block.lines - block.blank)
}

const NEWLINE = 0x0a

/** Up to SAMPLE_LINES whole lines; the last one only if it is whole, or the only one. */
function firstLines(bytes: Uint8Array): Uint8Array {
  let end = 0
  for (let line = 0; line < SAMPLE_LINES; line++) {
    const newline = bytes.indexOf(NEWLINE, end)
    if (newline === -1) break
    end = newline + 1
  }
  return end === 0 ? bytes : bytes.subarray(0, end)
}

/** A text file has hardly any control characters. */
const BINARY_SHARE = 0.05

function describe(sample: Uint8Array, json: ParsedBlock | undefined): string {
  if (sample.length === 0) return 'are missing: it is empty'
  const controls = sample.filter((byte) => byte < 0x20 && byte !== 0x09 && byte !== NEWLINE && byte !== 0x0d).length
  if (controls > BINARY_SHARE * sample.length) return 'look binary'
  const [commonest] = Object.entries(json?.rejectCounts ?? {}).toSorted(([, a], [, b]) => b - a)
  switch (commonest?.[0]) {
    case 'no-time':
      return 'are JSON without a time (ts)'
    case 'no-status':
      return 'are JSON without a status'
    case 'bad-time':
      return 'are JSON with a time that is none'
    case 'bad-field':
      return 'are JSON with a field of a wrong type'
    default:
      return 'fit no known format'
  }
}
