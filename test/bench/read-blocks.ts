import type { FormatSpec } from '../../services/ingest/core/format-spec.ts'
import type { BlockParser } from '../../services/ingest/core/parsed-block.ts'
import type * as OpenLogParser from '../../services/ingest/io/open-log-parser.ts'

const BLOCK_BYTES = 4 * 1024 * 1024

/** A block whose place does not matter. */
export const POSITION = { source: 'bench', firstLine: 1, firstByte: 0 }

/** A module of ingest that the build made: what `tsx` compiles is not what production runs. */
export function importBuilt(name: string) {
  return import(new URL(`../../dist/services/ingest/${name}.js`, import.meta.url).href)
}

export async function openBuiltParser(format: FormatSpec): Promise<BlockParser> {
  const { openLogParser } = (await importBuilt('io/open-log-parser')) as typeof OpenLogParser
  return openLogParser({ format, env: 'prod' })
}

/** Of whole lines. */
export function cutBlocks(log: Buffer): Buffer[] {
  const blocks: Buffer[] = []
  for (let start = 0; start < log.length; ) {
    const newline = log.indexOf(0x0a, start + BLOCK_BYTES)
    const end = newline === -1 ? log.length : newline + 1
    blocks.push(log.subarray(start, end))
    start = end
  }
  return blocks
}
