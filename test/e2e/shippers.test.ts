import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { type RunningServices, startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { freePort } from '../support/free-port.ts'
import { startNginx } from '../support/nginx.ts'
import { startApache, startCaddy, startHaproxy, type WebServer, type WebServerPlace } from '../support/web-server.ts'

/*
 * What deploy/shippers has for a web server is what that web server is run with here, but for where its files and ports are.
 */
const SHIPPERS = new URL('../../deploy/shippers/', import.meta.url)

let directory: string
let upstream: Server
let services: RunningServices | undefined
let store: Store | undefined
let webServer: WebServer | undefined

const listen = async (server: { listen(port: number, host: string, done: () => void): unknown }) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-shippers-'))
  upstream = createServer((request, response) => {
    response.writeHead(Number(/\/(\d{3})$/.exec(request.url ?? '')?.[1] ?? 200)).end('x')
  })
  await listen(upstream)
})

afterEach(async () => {
  await webServer?.stop()
  upstream.close()
  await store?.close()
  await services?.stop()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

async function start(name: string, snippet: string, run: (place: WebServerPlace) => Promise<WebServer>) {
  const syslogPort = String(await freePort())
  const here = (text: string) =>
    text.replaceAll(/\/var\/log\/[a-z0-9]+\//g, `${directory}/log/`).replaceAll(/514[01]/g, syslogPort)
  await mkdir(join(directory, 'log'))
  const config = here(await readFile(new URL(`${name}/culprit.yaml`, SHIPPERS), 'utf8'))
  const file = join(directory, 'culprit.yaml')
  await writeFile(file, `listen: { port: 0, drain: 0s }\ndata_directory: ${directory}/data\n${config}`)
  const log = createLog({ level: 'silent', write: () => {} })
  services = await startServices({ log, nowMs: Date.now }, await readConfig(file, {}))
  store = await openEmbeddedStore({ path: join(directory, 'data', 'store') })
  const { port } = upstream.address() as AddressInfo
  const logging = here(await readFile(new URL(`${name}/${snippet}`, SHIPPERS), 'utf8'))
  webServer = await run({ directory, port: await freePort(), upstream: `127.0.0.1:${port}`, logging })
}

async function ask(): Promise<void> {
  for (const [path, times] of [
    ['/pay/41?card=4111', 6],
    ['/pay/42/502', 3],
  ] as const)
    for (let n = 0; n < times; n++)
      await (await fetch(`${webServer?.address}${path}`, { headers: { 'user-agent': 'a "quoted" agent' } })).text()
}

async function stored(): Promise<unknown[]> {
  if (store === undefined) throw new Error('not started')
  return store.query(
    z.object({
      service: z.string(),
      status: z.number(),
      n: z.coerce.number(),
      timed: z.coerce.number(),
      sent: z.coerce.number(),
    }),
    `SELECT service, status, sum(count) AS n, countIf(duration_ms IS NOT NULL) AS timed, countIf(upstream != '') AS sent
     FROM access_events WHERE startsWith(path, '/pay/4') AND position(path, 'card') = 0 AND method = 'GET'
     GROUP BY service, status ORDER BY service, status`,
  )
}

/** Where the log has neither, `timed` and `sent` are false. */
function nine(service: string, has: { readonly timed: boolean; readonly sent: boolean }): unknown[] {
  const row = (status: number, n: number) => ({ service, status, n, timed: has.timed ? n : 0, sent: has.sent ? n : 0 })
  return [row(200, 6), row(502, 3)]
}

const nginx = async (place: WebServerPlace) => {
  const server = await startNginx({ ...place, upstream: `http://${place.upstream}` })
  if (server === undefined) throw new Error('nginx is not installed: apt-get install nginx-light')
  return server
}

test.each([
  ['nginx', 'combined.conf', nginx, '127.0.0.1', { timed: true, sent: true }],
  ['nginx', 'json.conf', nginx, '127.0.0.1', { timed: true, sent: true }],
  ['nginx', 'syslog.conf', nginx, 'web', { timed: false, sent: false }],
  ['apache', 'apache.conf', startApache, 'shop.example', { timed: true, sent: false }],
  ['haproxy', 'haproxy.cfg', startHaproxy, 'shop', { timed: true, sent: true }],
  ['caddy', 'Caddyfile', startCaddy, '127.0.0.1', { timed: true, sent: false }],
] as const)(
  '%s with %s tells each request, its status and what else it knows',
  async (name, snippet, run, service, has) => {
    await start(name, snippet, run)
    await ask()
    await expect.poll(stored, { timeout: 20_000, interval: 200 }).toEqual(nine(service, has))
  },
)
