import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { kafkaJars } from './kafka-jars.ts'

export interface KafkaBroker {
  /** `host:port`. */
  readonly address: string
  /** Where it keeps its topics. */
  readonly directory: string
  stop(): Promise<void>
}

const START_MS_MAX = 90_000
const JAVA = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

/** Starts a real Apache Kafka broker on free ports of this machine, with nothing in it. */
export async function startKafkaBroker(): Promise<KafkaBroker> {
  const classpath = join(await kafkaJars(), '*')
  const directory = await mkdtemp(join(tmpdir(), 'culprit-kafka-'))
  const [port, controllerPort] = [await freePort(), await freePort()]
  const properties = join(directory, 'server.properties')
  await writeFile(properties, describeBroker({ port, controllerPort, directory }))
  const java = [...JAVA, '-cp', classpath]
  const format = [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]
  await promisify(execFile)('java', format)
  const broker = spawnWithUs('java', [...java, 'kafka.Kafka', properties])
  const stop = async () => {
    const ended = broker.exitCode === null ? once(broker, 'exit') : undefined
    broker.stdin?.end()
    await ended
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await untilItListens(broker, port)
  } catch (error) {
    await stop()
    throw error
  }
  return { address: `127.0.0.1:${port}`, directory, stop }
}

const CLUSTER_ID = 'Y3VscHJpdC10ZXN0cy0wMQ'

function describeBroker(of: { port: number; controllerPort: number; directory: string }): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `listeners=PLAINTEXT://127.0.0.1:${of.port},CONTROLLER://127.0.0.1:${of.controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${of.port}`,
    `controller.quorum.voters=1@127.0.0.1:${of.controllerPort}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(of.directory, 'topics')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.num.partitions=1',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=1000',
    '',
  ].join('\n')
}

/** A process that ends when ours does, however ours ends: the shell waits for the end of our pipe. */
function spawnWithUs(command: string, args: readonly string[]): ChildProcess {
  const script = '"$0" "$@" & started=$!; (cat; kill -9 "$started") <&3 >/dev/null 2>&1 & wait "$started"'
  return spawn('sh', ['-c', `exec 3<&0; ${script}`, command, ...args], { stdio: ['pipe', 'ignore', 'pipe'] })
}

async function untilItListens(broker: ChildProcess, port: number): Promise<void> {
  let said = ''
  broker.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2_000)
  })
  for (const deadline = Date.now() + START_MS_MAX; Date.now() < deadline; await after(100)) {
    if (broker.exitCode !== null) throw new Error(`the broker ended at once: ${said}`)
    if (await listens(port)) return
  }
  throw new Error(`the broker did not start in ${START_MS_MAX} ms: ${said}`)
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}
