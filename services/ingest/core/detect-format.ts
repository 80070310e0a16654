import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import type { FormatSpec } from './format-spec.ts'
import { FORMATS } from './formats/table.ts'
import { createBlockParser } from './parse-block.ts'

/** Lines that a log is told by: enough to outvote garbage, few enough to cost nothing. */
const SAMPLE_LINES = 200
/** Of several formats the one that reads most lines; one that reads fewer than half of them is no format of this log. */
const LEAST_SHARE = 0.5

const NEWLINE = 0x0a

/** The format that reads most of a log's first lines, of equals the one that stands first in the table; undefined when none fits. */
export function detectFormat(firstBytes: Uint8Array): FormatSpec | undefined {
  const sample = firstLines(firstBytes)
  let best: { spec: FormatSpec; share: number } | undefined
  for (const spec of FORMATS.flatMap(({ candidates }) => candidates)) {
    const share = shareRead(spec, sample)
    if (share >= LEAST_SHARE && share > (best?.share ?? 0)) best = { spec, share }
  }
  return best?.spec
}

/** The share of the sample's lines that are events in this format, 0–1. */
function shareRead(format: FormatSpec, sample: Uint8Array): number {
  const block = createBlockParser({ format, env: DEFAULT_ENV }).parse(sample, {
    source: '',
    firstLine: 1,
    firstByte: 0,
  })
  return block.parsed / Math.max(1, block.lines - block.blank)
}

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
