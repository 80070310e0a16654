import { findFormat } from './detect-format.ts'
import { type FormatSpec, formatLabel } from './format-spec.ts'
import { sampleLines } from './log-sample.ts'
import { mergeColumns } from './merge-columns.ts'
import { createBlockParser } from './parse-block.ts'
import type { BlockLines, BlockParser, BlockParserOptions, ParsedBlock } from './parsed-block.ts'
import { SERVICE_ORIGINS } from './service-name.ts'

/** Of one block; a log of more formats is not one log. */
const MAX_OTHER_FORMATS = 2
/** Fewer rejects of a block are garbage, and are told as such. */
const LEAST_REJECTED_LINES = 3
const LEAST_REJECTED_SHARE = 0.001
const SAMPLE_LINES = 60
/** Of the lines rejected, so many must be of one format. */
const LEAST_SHARE = 0.1

/** The parser of a log whose lines are an event each. */
export function createLogParser(options: BlockParserOptions, hashClient?: (address: string) => string): BlockParser {
  return options.isGuessed === true ? createGuessedParser(options, hashClient) : createBlockParser(options, hashClient)
}

/**
 * A parser for a log whose format was told by its first lines. Formats change in the middle of a file, with the server's
 * configuration, and two writers share one: the lines of a block that its format can't read are tried in the format that
 * reads most of them. What to do is decided by each block alone, so the same log is read alike each time. Rejects keep
 * what the log's own format said of them.
 */
function createGuessedParser(options: BlockParserOptions, hashClient?: (address: string) => string): BlockParser {
  const first = createBlockParser(options, hashClient)
  const others = new Map<string, BlockParser>()
  let rejected: BlockLines = first.rejectedLines()

  function parserOf(format: FormatSpec): BlockParser {
    const key = JSON.stringify(format)
    const parser = others.get(key) ?? createBlockParser({ ...options, format }, hashClient)
    others.set(key, parser)
    return parser
  }

  const parse: BlockParser['parse'] = (bytes, position, only) => {
    let block = first.parse(bytes, position, only)
    rejected = first.rejectedLines()
    for (let round = 0; round < MAX_OTHER_FORMATS; round++) {
      const isFew = rejected.size < Math.max(LEAST_REJECTED_LINES, LEAST_REJECTED_SHARE * block.lines)
      const format = isFew ? undefined : findFormat(sampleLines(bytes, rejected, SAMPLE_LINES), LEAST_SHARE)
      if (format === undefined) break
      const parser = parserOf(format)
      const more = parser.parse(bytes, position, rejected)
      if (more.parsed + more.skipped === 0) break
      const left = block.rejected - rejected.size
      rejected = parser.rejectedLines()
      const stillRejected = new Set(Array.from(rejected.starts, (start) => position.firstByte + start))
      block = {
        ...addBlocks(block, more),
        rejected: left + more.rejected,
        rejects: block.rejects.filter(({ byteOffset }) => stillRejected.has(byteOffset)),
        otherFormats: { ...block.otherFormats, [formatLabel(format)]: more.parsed + more.skipped },
      }
    }
    return block
  }

  return { parse, rejectedLines: () => rejected }
}

/** The events of both. `more` holds lines of the block that were rejects of it. */
function addBlocks(block: ParsedBlock, more: ParsedBlock): ParsedBlock {
  const serviceOrigins = Object.fromEntries(
    SERVICE_ORIGINS.map((origin) => [origin, (block.serviceOrigins[origin] ?? 0) + (more.serviceOrigins[origin] ?? 0)]),
  )
  return {
    ...block,
    parsed: block.parsed + more.parsed,
    skipped: block.skipped + more.skipped,
    blank: block.blank + more.blank,
    requests: block.requests + more.requests,
    columns: mergeColumns(block.columns, more.columns),
    rejectCounts: more.rejectCounts,
    serviceOrigins,
    fromMs: Math.min(block.fromMs, more.fromMs),
    toMs: Math.max(block.toMs, more.toMs),
  }
}
