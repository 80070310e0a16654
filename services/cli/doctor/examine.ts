import { lookAtKafka } from '../../../shared/bus/kafka-reach.ts'
import { diagnosisSchema } from '../../../shared/domain/diagnosis.ts'
import { InputError, OperationError } from '../../../shared/runtime/errors.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { readDiagnosis } from '../../api/io/read-diagnosis.ts'
import { configuredChannels } from '../../notifier/config.ts'
import { type CulpritConfig, readConfig, readWebhooks } from '../config.ts'
import { hasStore } from '../embedded-files.ts'
import { readKafkaConnection } from '../kafka-config.ts'
import { openStore } from '../open-store.ts'
import type { ServerClient } from '../server-client.ts'
import { diagnose, type Finding, judgeClocks, judgeProcesses, judgeQueue, judgeSenders } from './findings.ts'

export interface Examination {
  readonly configPath: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly client: ServerClient
  readonly nowMs: number
}

/** Looks at everything that Culprit needs, as far as it can be reached from here. */
export async function examine(examination: Examination): Promise<Finding[]> {
  const config = await readConfig(examination.configPath, examination.environment).catch((error: unknown) => error)
  if (!isConfig(config)) {
    return [
      {
        state: 'failed',
        about: 'configuration',
        text: reasonOf(config),
        fix: 'culprit config check says when it is right',
      },
    ]
  }
  const right: Finding = { state: 'ok', about: 'configuration', text: 'is right' }
  return [
    right,
    ...(await examineServer(examination, config)),
    ...(await examineKafka(config)),
    ...(await examineSenders(config)),
    judgeChannels(config),
  ]
}

function isConfig(config: unknown): config is CulpritConfig {
  return typeof config === 'object' && config !== null && 'data_directory' in config
}

/** A running server is asked; without one the store is opened, which only one process may do in the embedded shape. */
async function examineServer({ client, nowMs }: Examination, config: CulpritConfig): Promise<Finding[]> {
  const answer: unknown = await client.get('/api/v1/diagnosis').catch((error: unknown) => error)
  const running: Finding = { state: 'ok', about: 'server', text: 'answers' }
  if (!(answer instanceof Error)) {
    const clocks = judgeClocks(await client.text('/metrics'))
    return [running, ...diagnose(diagnosisSchema.parse(answer)), ...(clocks === undefined ? [] : [clocks])]
  }
  if (answer instanceof InputError) {
    const fix = 'CULPRIT_TOKEN holds a token that may read; --server names a process that runs api'
    return [{ state: 'failed', about: 'server', text: answer.message, fix }]
  }
  const silent: Finding = {
    state: 'warning',
    about: 'server',
    text: 'none answers',
    fix: 'culprit start, or --server URL',
  }
  return [silent, ...(await examineStore(config, nowMs))]
}

async function examineStore(config: CulpritConfig, nowMs: number): Promise<Finding[]> {
  const { clickhouse, data_directory: directory } = config
  if (clickhouse.url === undefined && !hasStore(directory)) {
    return [{ state: 'ok', about: 'store', text: `nothing is in ${directory} yet: the first start makes it` }]
  }
  try {
    const store = await openStore(config)
    try {
      const diagnosis = await readDiagnosis(store.query, nowMs)
      return [{ state: 'ok', about: 'store', text: `${clickhouse.url ?? directory} answers` }, ...diagnose(diagnosis)]
    } finally {
      await store.close()
    }
  } catch (error) {
    const fix =
      clickhouse.url === undefined
        ? 'another process may have it: name its address with --server'
        : 'see clickhouse: in the configuration; a new server needs culprit migrate'
    return [{ state: 'failed', about: 'store', text: reasonOf(error), fix }]
  }
}

async function examineKafka({ bus, kafka, sources }: CulpritConfig): Promise<Finding[]> {
  if (bus !== 'kafka' && sources.kafka.length === 0) return []
  const quiet = createLog({ level: 'silent', write: () => {} })
  try {
    const reach = await lookAtKafka(await readKafkaConnection(kafka), kafka.prefix, quiet)
    return [judgeQueue(reach), ...(bus === 'kafka' ? [judgeProcesses(reach)] : [])]
  } catch (error) {
    const fix = 'see kafka.brokers, kafka.tls and kafka.sasl'
    return [{ state: 'failed', about: 'kafka', text: reasonOf(error), fix }]
  }
}

async function examineSenders(config: CulpritConfig): Promise<Finding[]> {
  try {
    return judgeSenders(await readWebhooks(config))
  } catch (error) {
    return [{ state: 'failed', about: 'webhooks', text: reasonOf(error), fix: 'see webhooks: in the configuration' }]
  }
}

function judgeChannels({ notify }: CulpritConfig): Finding {
  const channels = configuredChannels(notify)
  if (channels.length > 0) return { state: 'ok', about: 'alerts', text: `go to ${channels.join(', ')}` }
  const fix = 'set notify.slack or another channel in culprit.yaml'
  return { state: 'warning', about: 'alerts', text: 'nobody is told of incidents', fix }
}

function reasonOf(error: unknown): string {
  if (error instanceof InputError || error instanceof OperationError) return error.message
  return error instanceof Error ? error.message : String(error)
}
