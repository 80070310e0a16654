import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import type { FormatSpec } from './format-spec.ts'
import { sampleFirstLines } from './log-sample.ts'
import { createBlockParser } from './parse-block.ts'

/** What the order of logs goes by. */
export interface LogStart {
  /** Of its first events, the earliest; Infinity when there is none. Epoch ms. */
  readonly firstMs: number
  readonly source: string
}

/** When a log begins, told by its first lines. */
export function firstEventMs(firstBytes: Uint8Array, format: FormatSpec): number {
  const sample = sampleFirstLines(firstBytes)
  const lines = { ...sample, lineIndexes: sample.starts }
  return createBlockParser({ format, env: DEFAULT_ENV }).parse(
    sample.source.bytes,
    { source: '', firstLine: 1, firstByte: 0 },
    lines,
  ).fromMs
}

/**
 * The order to read logs in: by when they begin, then by name. `access.log.2.gz` comes before `access.log.1` and that before
 * `access.log`, and whatever order they were given in, the same names are admitted and the same is found.
 */
export function compareLogs(left: LogStart, right: LogStart): number {
  if (left.firstMs !== right.firstMs) return left.firstMs < right.firstMs ? -1 : 1
  if (left.source === right.source) return 0
  return left.source < right.source ? -1 : 1
}
