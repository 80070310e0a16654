import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const FRONT = fileURLToPath(new URL('clickhouse-front.ts', import.meta.url))

export interface ClickHouseServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** As a machine loses its power. */
  kill(): Promise<void>
}

export interface ClickHouseServerOptions {
  /** Where it keeps everything: started again there, it has what it had. */
  readonly directory: string
  /** A free one when absent. */
  readonly port?: number
  readonly user?: string
  readonly password?: string
}

/** Starts a ClickHouse endpoint on this machine; it ends when we do. */
export async function startClickHouseServer(options: ClickHouseServerOptions): Promise<ClickHouseServer> {
  const { directory, port: wanted = 0, user = 'default', password = '' } = options
  const child = fork(FRONT, [directory, `${wanted}`, user, password], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const failed = ended.then(([code]) => Promise.reject(new Error(`the ClickHouse endpoint ended at once with ${code}`)))
  failed.catch(() => {})
  const [port] = await Promise.race([once(child, 'message'), failed])
  return {
    url: `http://127.0.0.1:${port}`,
    port: Number(port),
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
