import { unpackOtlpLines } from './otlp-file.ts'
import { createBlockParser } from './parse-block.ts'
import type { BlockParser, BlockParserOptions } from './parsed-block.ts'

/** Of a log whose lines hold many events each: `lines` are these, and a reject's place is that in the block as it was unpacked. */
export function createOtlpParser(options: BlockParserOptions, hashClient?: (address: string) => string): BlockParser {
  const parser = createBlockParser(options, hashClient)
  const keepQuery = options.privacy?.keepQuery ?? []
  return {
    parse: (bytes, position) => parser.parse(unpackOtlpLines(bytes, keepQuery), position),
    rejectedLines: parser.rejectedLines,
  }
}
