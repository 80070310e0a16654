import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const NGINX = '/usr/sbin/nginx'

export interface Nginx {
  readonly address: string
  /** Closes and opens the logs again, as log rotation asks it to. */
  reopenLogs(): void
  stop(): Promise<void>
}

/** Debian's nginx as a proxy in front of `upstream`, with `logging` in its http block; undefined where it is not installed. */
export async function startNginx(options: {
  readonly directory: string
  readonly port: number
  readonly upstream: string
  readonly logging: string
}): Promise<Nginx | undefined> {
  if (!existsSync(NGINX)) return undefined
  const { directory, port, upstream, logging } = options
  const config = join(directory, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n')
  await writeFile(
    config,
    `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
events { worker_connections 256; }
http {
${temporary}
${logging}
server { listen 127.0.0.1:${port}; location / { proxy_pass ${upstream}; } }
}
`,
  )
  const child = spawn(NGINX, ['-c', config, '-p', directory], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const address = `http://127.0.0.1:${port}`
  for (let attempt = 0; ; attempt++) {
    const answers = await fetch(`${address}/ready`).then(
      () => true,
      () => false,
    )
    if (answers) break
    if (attempt > 200 || child.exitCode !== null) throw new Error('nginx does not start')
  }
  return {
    address,
    reopenLogs: () => child.kill('SIGUSR1'),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
