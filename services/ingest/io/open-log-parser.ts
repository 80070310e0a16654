import { createLogParser } from '../core/parse-guessed.ts'
import type { BlockParser, BlockParserOptions } from '../core/parsed-block.ts'
import { clientHash } from './client-hash.ts'

/** The parser that a log's options ask for. Little is OTLP, and what reads it takes a while to load. */
export async function openLogParser(options: BlockParserOptions): Promise<BlockParser> {
  const hashClient = clientHash(options.privacy)
  if (options.format.name !== 'otlp') return createLogParser(options, hashClient)
  const { createOtlpParser } = await import('../core/parse-otlp.ts')
  return createOtlpParser(options, hashClient)
}
