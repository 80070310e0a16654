/*
 * Mixes a bad deploy into a real access log (common, combined or vhost_combined; plain or gzip): from a time on, a share of
 * the requests under a path fails. Writes the log and, beside it, changes.ndjson with the guilty deploy and two innocent
 * changes. The same seed fails the same requests.
 * npx tsx test/worlds/mix-bad-deploy.ts LOG --at 2019-01-26T16:40:00Z --out FILE[.gz] [--minutes 15] [--share 0.1]
 *   [--route-prefix /] [--status 500] [--service web] [--seed 1]
 */
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { createGunzip, createGzip } from 'node:zlib'
import { isoTime } from './change-records.ts'
import { MINUTE_MS, SECOND_MS } from './clock.ts'
import { failRequest } from './fail-request.ts'
import { createPrng } from './prng.ts'

const BATCH_LINES = 1_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    at: { type: 'string' },
    out: { type: 'string' },
    minutes: { type: 'string', default: '15' },
    share: { type: 'string', default: '0.1' },
    'route-prefix': { type: 'string', default: '/' },
    status: { type: 'string', default: '500' },
    service: { type: 'string', default: 'web' },
    seed: { type: 'string', default: '1' },
  },
})
const [log] = positionals
const atMs = Date.parse(values.at ?? '')
if (log === undefined || values.out === undefined || Number.isNaN(atMs))
  throw new Error('needs LOG, --at TIME and --out FILE')

const fault = {
  fromMs: atMs,
  toMs: atMs + Number(values.minutes) * MINUTE_MS,
  pathPrefix: values['route-prefix'],
  share: Number(values.share),
  status: Number(values.status),
}
const failed = await mix(log, values.out)
const changesFile = join(dirname(values.out), 'changes.ndjson')
writeFileSync(
  changesFile,
  changesAround(values.service)
    .map((change) => `${JSON.stringify(change)}\n`)
    .join(''),
)
console.log(
  `${failed} requests failed from ${isoTime(fault.fromMs)} to ${isoTime(fault.toMs)}; changes in ${changesFile}`,
)

/** Bytes pass through as they are (latin1 both ways); resolves with the number of requests that now fail. */
async function mix(from: string, to: string): Promise<number> {
  const prng = createPrng(values.seed)
  let count = 0
  const file = createReadStream(from)
  const bytes = from.endsWith('.gz') ? file.pipe(createGunzip()) : file
  const lines = createInterface({ input: bytes.setEncoding('latin1'), crlfDelay: Number.POSITIVE_INFINITY })
  async function* mixed(): AsyncGenerator<Buffer> {
    let batch: string[] = []
    for await (const line of lines) {
      const changed = failRequest(line, fault, prng)
      if (changed !== line) count++
      batch.push(changed, '\n')
      if (batch.length < BATCH_LINES * 2) continue
      yield Buffer.from(batch.join(''), 'latin1')
      batch = []
    }
    yield Buffer.from(batch.join(''), 'latin1')
  }
  const packing = to.endsWith('.gz') ? [createGzip()] : []
  await pipeline([Readable.from(mixed()), ...packing, createWriteStream(to)])
  return count
}

/** The guilty deploy begins 20 seconds before the first failure; a flag came before it, a setting after. */
function changesAround(service: string): object[] {
  const time = (offsetSeconds: number): string => isoTime(atMs + offsetSeconds * SECOND_MS)
  return [
    { id: 'flag-banner', ts: time(-660), kind: 'feature_flag', service, title: 'new banner', author: 'chloe' },
    {
      id: 'deploy-42',
      ts: time(-20),
      finished_at: time(40),
      kind: 'deploy',
      service,
      version: 'v42',
      previous_version: 'v41',
      title: `deploy ${service} v42`,
      author: 'ana',
    },
    { id: 'config-cache', ts: time(240), kind: 'config', service, title: 'longer cache lifetime', author: 'hugo' },
  ]
}
