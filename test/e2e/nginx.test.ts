import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
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
import { type Nginx, startNginx } from '../support/nginx.ts'

let directory: string
let services: RunningServices
let store: Store
let upstream: Server
let nginx: Nginx | undefined
/** What the upstream answers. */
let status = 200

const listen = async (server: { listen(port: number, host: string, done: () => void): unknown }) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-nginx-'))
  const [nginxPort, udpPort] = [await freePort(), await freePort()]
  const file = join(directory, 'culprit.yaml')
  await writeFile(
    file,
    `listen: { port: 0, drain: 0s }
data_directory: ${directory}/data
sources:
  files: [{ path: ${directory}/access.log, format: combined, service: by-file, from: beginning }]
  syslog: [{ port: ${udpPort}, service: by-syslog }]
`,
  )
  await writeFile(join(directory, 'access.log'), '')
  services = await startServices(
    { log: createLog({ level: 'silent', write: () => {} }), nowMs: Date.now },
    await readConfig(file, {}),
  )
  store = await openEmbeddedStore({ path: join(directory, 'data', 'store') })
  upstream = createServer((_request, response) => response.writeHead(status).end('x'))
  await listen(upstream)
  nginx = await startNginx({
    directory,
    port: nginxPort,
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    logging: `access_log ${directory}/access.log combined;\naccess_log syslog:server=127.0.0.1:${udpPort} combined;`,
  })
})

afterEach(async () => {
  await nginx?.stop()
  upstream.close()
  await store.close()
  await services.stop()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

async function ask(path: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await (await fetch(`${nginx?.address}${path}`)).text()
}

/** Requests by service and status, without those that found out whether nginx is up. */
async function stored(): Promise<Record<string, number>> {
  const rows = await store.query(
    z.object({ name: z.string(), n: z.coerce.number() }),
    `SELECT service || ' ' || toString(status) AS name, sum(count) AS n FROM access_events
     WHERE path != '/ready' GROUP BY name ORDER BY name`,
  )
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}

test("nginx's requests are stored with their statuses, from its log file through a rotation and over syslog alike", async () => {
  if (nginx === undefined) throw new Error('nginx is not installed: apt-get install nginx-light')
  await ask('/pay/1', 40)
  status = 502
  await ask('/pay/2', 25)
  await rename(join(directory, 'access.log'), join(directory, 'access.log.1'))
  await ask('/pay/3', 10)
  nginx.reopenLogs()
  status = 200
  await ask('/pay/4', 15)
  await expect.poll(stored, { timeout: 20_000, interval: 250 }).toEqual({
    'by-file 200': 55,
    'by-file 502': 35,
    'by-syslog 200': 55,
    'by-syslog 502': 35,
  })
})
