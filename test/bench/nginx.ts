/*
 * How soon a real nginx's errors are an incident: npm run bench:nginx [-- --warm 180 --rate 12 --failing 3]
 * The same requests are logged in a file that is followed, and over syslog. After `warm` seconds of health a change of each
 * service is told, and one of so many requests fails. Prints, for each, how long after its first error there is an incident that
 * names its change, and which part of that the detector waited for evidence; fails when it is more than 30 s.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { runHere } from '../e2e/run-culprit.ts'
import { startCulprit } from '../e2e/start-culprit.ts'
import { freePort } from '../support/free-port.ts'
import { startNginx } from '../support/nginx.ts'

const SECONDS_MAX = 30
const GIVE_UP_MS = 180_000
const POLL_MS = 200
const SERVICES = ['by-file', 'by-syslog']

const incidentsSchema = z.object({
  items: z.array(
    z.object({
      detected_at: z.iso.datetime().transform((text) => Date.parse(text)),
      affected: z.array(z.object({ service: z.string() })),
      suspects: z.array(z.object({ change_id: z.string(), probability: z.number() })),
    }),
  ),
})

const { values } = parseArgs({
  options: {
    warm: { type: 'string', default: '180' },
    rate: { type: 'string', default: '12' },
    failing: { type: 'string', default: '3' },
  },
})
const directory = await mkdtemp(join(tmpdir(), 'culprit-bench-nginx-'))
const syslogPort = await freePort()
await writeFile(
  join(directory, 'culprit.yaml'),
  `sources:
  files: [{ path: ${directory}/access.log, service: by-file }]
  syslog: [{ port: ${syslogPort}, service: by-syslog }]
`,
)
await writeFile(join(directory, 'access.log'), '')
const culprit = await startCulprit(directory)
let asked = 0
let isFailing = false
const upstream = createServer((_request, response) => {
  asked += 1
  response.writeHead(isFailing && asked % Number(values.failing) === 0 ? 500 : 200).end('x')
})
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', () => resolve()))
const nginx = await startNginx({
  directory,
  port: await freePort(),
  upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
  logging: `access_log ${directory}/access.log combined;\naccess_log syslog:server=127.0.0.1:${syslogPort} combined;`,
})
if (nginx === undefined) throw new Error('nginx is not installed: apt-get install nginx-light')
let firstErrorAtMs: number | undefined
const traffic = setInterval(async () => {
  const response = await fetch(`${nginx.address}/pay/${asked}`).catch(() => undefined)
  await response?.arrayBuffer()
  if (response?.status === 500) firstErrorAtMs ??= Date.now()
}, 1_000 / Number(values.rate))

const secondsAfterError = (atMs: number) => ((atMs - (firstErrorAtMs ?? 0)) / 1_000).toFixed(1)

await after(Number(values.warm) * 1_000)
for (const service of SERVICES)
  await runHere(['change', '--service', service, '--version', 'v42', '--id', service, '--server', culprit.address])
isFailing = true
const foundAtMs = new Map<string, number>()
const startedMs = Date.now()
while (foundAtMs.size < SERVICES.length && Date.now() - startedMs < GIVE_UP_MS) {
  await after(POLL_MS)
  const { items } = incidentsSchema.parse(await (await fetch(`${culprit.address}/api/v1/incidents`)).json())
  for (const { affected, suspects, detected_at: detectedAtMs } of items) {
    const [blamed] = suspects.filter(({ probability }) => probability >= 0.5)
    for (const { service } of affected)
      if (blamed !== undefined && SERVICES.includes(blamed.change_id) && !foundAtMs.has(service)) {
        foundAtMs.set(service, Date.now())
        console.log(
          `${service}: change of ${blamed.change_id} at ${Math.round(blamed.probability * 100)} %, evident ${secondsAfterError(detectedAtMs)} s after the first error`,
        )
      }
  }
}
clearInterval(traffic)
for (const service of SERVICES) {
  const seconds = secondsAfterError(foundAtMs.get(service) ?? Number.POSITIVE_INFINITY)
  console.log(`${service}: incident ${seconds} s after the first error, at ${values.rate} requests a second`)
  if (Number(seconds) > SECONDS_MAX) process.exitCode = 1
}
await nginx.stop()
upstream.close()
culprit.process.kill('SIGTERM')
await culprit.ended
await rm(directory, { recursive: true, force: true, maxRetries: 5 })
process.exit()
