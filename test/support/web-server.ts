import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface WebServer {
  readonly address: string
  stop(): Promise<void>
}

/** Where a web server under test works, and for whom. */
export interface WebServerPlace {
  readonly directory: string
  readonly port: number
  /** `127.0.0.1:1234` */
  readonly upstream: string
  /** The part of its configuration that is under test. */
  readonly logging: string
}

/** Debian's Apache as a proxy for the virtual host `shop.example`. */
export async function startApache({ directory, port, upstream, logging }: WebServerPlace): Promise<WebServer> {
  const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http']
  const file = join(directory, 'apache.conf')
  await writeFile(
    file,
    `${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Listen 127.0.0.1:${port}
ServerName shop.example
PidFile ${directory}/apache.pid
ErrorLog ${directory}/apache-error.log
DefaultRuntimeDir ${directory}
User nobody
Group nogroup
ProxyPass / http://${upstream}/
ProxyErrorOverride Off
${logging}
`,
  )
  return startServer('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', file], port)
}

/** Debian's HAProxy with one backend, `shop`. */
export async function startHaproxy({ directory, port, upstream, logging }: WebServerPlace): Promise<WebServer> {
  const file = join(directory, 'haproxy.cfg')
  await writeFile(
    file,
    `${logging}
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend front
  bind 127.0.0.1:${port}
  default_backend shop
backend shop
  server web-1 ${upstream}
`,
  )
  return startServer('/usr/sbin/haproxy', ['-db', '-f', file], port)
}

/** Debian's Caddy as a proxy for one site. */
export async function startCaddy({ directory, port, upstream, logging }: WebServerPlace): Promise<WebServer> {
  const file = join(directory, 'Caddyfile')
  await writeFile(
    file,
    `{
	admin off
	auto_https off
}
http://127.0.0.1:${port} {
${logging}
	reverse_proxy ${upstream}
}
`,
  )
  return startServer('/usr/bin/caddy', ['run', '--config', file, '--adapter', 'caddyfile'], port, directory)
}

async function startServer(program: string, args: readonly string[], port: number, home = '/tmp'): Promise<WebServer> {
  if (!existsSync(program)) throw new Error(`${program} is not installed: .ci/run says from which package it is`)
  const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, HOME: home } })
  const ended = once(child, 'exit')
  const address = `http://127.0.0.1:${port}`
  await answers(address, child)
  return {
    address,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function answers(address: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const isThere = await fetch(`${address}/ready`).then(
      () => true,
      () => false,
    )
    if (isThere) return
    if (child.exitCode !== null) break
    await once(AbortSignal.timeout(20), 'abort')
  }
  throw new Error(`${child.spawnfile} does not start`)
}
