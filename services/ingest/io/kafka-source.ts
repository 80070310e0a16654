import { crc32 } from 'node:zlib'
import type { TopicReader } from '../../../shared/bus/topic-reader.ts'
import type { BlockParserOptions } from '../core/parsed-block.ts'
import type { ReceiveEvents } from '../receive-events.ts'
import { rejectingParser, type SourceOptions, tryParser } from '../source-options.ts'

export interface KafkaSourceDeps {
  readonly read: TopicReader['read']
  readonly receive: ReceiveEvents
}

const GROUP = 'lines'
const NEWLINE = Buffer.from('\n')

/** Takes the lines of somebody's topic: a message is a line, or several. Under `auto` the first block that tells the format does. */
export async function runKafkaSource(
  { read, receive }: KafkaSourceDeps,
  { topic, options }: { readonly topic: string; readonly options: SourceOptions },
): Promise<void> {
  let parser: BlockParserOptions | undefined
  await read({
    topic,
    group: GROUP,
    async handle({ partition, firstOffset, endOffset, values }) {
      const bytes = Buffer.concat(values.flatMap((value) => [value, NEWLINE]))
      parser ??= tryParser(options, bytes)
      const source = `kafka ${topic}/${partition}`
      // A topic made anew has the same offsets for other lines.
      const token = `${source}:${firstOffset}-${endOffset}:${crc32(bytes).toString(16)}`
      await receive({ bytes, source, token, parser: parser ?? rejectingParser(options) })
    },
  })
}
