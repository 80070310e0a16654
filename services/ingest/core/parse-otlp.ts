// Hot path: several parameters.
import { COMMENT, type ScanLine } from './formats/line-format.ts'
import { compileFormat } from './formats/table.ts'
import { createOtlpUnpacker } from './otlp-file.ts'
import { createAccessLineReader } from './otlp-lines.ts'
import { createOtlpRecords } from './otlp-records.ts'
import { createOtlpTexts } from './otlp-texts.ts'
import { createBlockParser, isBlank } from './parse-block.ts'
import type { BlockParser, BlockParserOptions, BlockPosition, ParsedBlock } from './parsed-block.ts'

/** Of a log whose lines hold many events each: `lines` are these, and so are their numbers; a reject's byte is its request's. */
export function createOtlpParser(options: BlockParserOptions, hashClient?: (address: string) => string): BlockParser {
  const ndjson = compileFormat(options.format)
  const keepQuery = options.privacy?.keepQuery ?? []
  const texts = createOtlpTexts()
  const records = createOtlpRecords(texts)
  const unpack = createOtlpUnpacker({ records, texts, lines: createAccessLineReader({ keepQuery }) })
  let blockBytes = 0
  let record = 0
  const scan: ScanLine = (source, start, end, slots, line) => {
    if (start < blockBytes) return records.copy(record++, slots, line)
    return isBlank(source.bytes, start, end) ? COMMENT : ndjson.scan(source, start, end, slots, line)
  }
  const parser = createBlockParser(options, hashClient, { ...ndjson, scan })

  function parse(bytes: Uint8Array, position: BlockPosition): ParsedBlock {
    const lines = unpack(bytes)
    blockBytes = lines.blockBytes
    record = 0
    const block = parser.parse(lines.bytes, position, lines)
    const rejects = block.rejects.map((reject) => ({
      ...reject,
      byteOffset: position.firstByte + (lines.requestStarts[reject.lineNumber - position.firstLine] ?? 0),
    }))
    return { ...block, rejects }
  }

  return { parse, rejectedLines: parser.rejectedLines }
}
