import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TopicReader } from '../../../shared/bus/topic-reader.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
import { parseFilePattern } from '../../ingest/core/file-pattern.ts'
import { openFileTail } from '../../ingest/io/file-tail.ts'
import type { TailSource } from '../../ingest/io/followed-log.ts'
import { runKafkaSource } from '../../ingest/io/kafka-source.ts'
import { type PipeOptions, readPipe } from '../../ingest/io/pipe.ts'
import { openSyslog } from '../../ingest/io/syslog.ts'
import { createPositionStore } from '../../ingest/io/tail-positions.ts'
import type { ReceiveEvents } from '../../ingest/receive-events.ts'
import { readSourceOptions, type SourceOptions, type SourceSettings } from '../../ingest/source-options.ts'
import type { CulpritConfig } from '../config.ts'
import { parseFormatArgument } from '../format-argument.ts'

export interface SourcesDeps {
  readonly receive: ReceiveEvents
  readonly openTopicReader: () => Promise<TopicReader>
  readonly pipe: PipeOptions | undefined
  readonly log: Log
  readonly nowMs: () => number
}

export interface RunningSources {
  /** Takes nothing more, and resolves once what was taken is safe or can be taken again. */
  stop(): Promise<void>
}

/** Runs the sources of the configuration, and the pipe. Throws an InputError for one that can't be. */
export async function runSources(deps: SourcesDeps, config: CulpritConfig): Promise<RunningSources> {
  const running: RunningSources[] = [await followFiles(deps, config), await readTopics(deps, config)]
  for (const { protocol, host, port, ...settings } of config.sources.syslog) {
    const options = readOptions(`sources.syslog ${host}:${port}`, settings)
    running.push(await openSyslog({ ...deps, newToken: randomUUID }, { protocol, host, port, options }))
  }
  if (deps.pipe !== undefined) running.push(readPipe({ ...deps, newToken: randomUUID }, deps.pipe))
  return {
    async stop() {
      await Promise.all(running.map((source) => source.stop()))
    },
  }
}

const EVERY_SECOND = '* * * * * *'

async function followFiles({ receive, log, nowMs }: SourcesDeps, config: CulpritConfig): Promise<RunningSources> {
  const sources = config.sources.files.map(toTailSource)
  if (sources.length === 0) return { stop: async () => {} }
  await mkdir(config.data_directory, { recursive: true })
  const positions = createPositionStore(join(config.data_directory, 'file-positions.json'))
  const tail = await openFileTail({ receive, positions, newId: randomUUID, nowMs, log }, sources)
  const schedule = runOnSchedule(EVERY_SECOND, () =>
    tail.look().catch((error: unknown) => log.error({ error }, 'log files were not read; the next second goes on')),
  )
  return {
    async stop() {
      await tail.stop()
      await schedule.stop()
    },
  }
}

async function readTopics(deps: SourcesDeps, { sources }: CulpritConfig): Promise<RunningSources> {
  const topics = sources.kafka.map(({ topic, ...settings }) => ({
    topic,
    options: readOptions(`sources.kafka ${topic}`, settings),
  }))
  if (topics.length === 0) return { stop: async () => {} }
  const reader = await deps.openTopicReader()
  for (const source of topics) await runKafkaSource({ read: reader.read, receive: deps.receive }, source)
  return { stop: reader.close }
}

function toTailSource(source: CulpritConfig['sources']['files'][number]): TailSource {
  const { path, from } = source
  const pattern = parseFilePattern(path)
  if (pattern === undefined) throw new InputError(`sources.files ${path}: names no file`)
  return { path, pattern, from, options: readOptions(`sources.files ${path}`, source) }
}

function readOptions(where: string, settings: SourceSettings): SourceOptions {
  try {
    return readSourceOptions(settings, parseFormatArgument)
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${where}: ${error.message}`)
    throw error
  }
}
