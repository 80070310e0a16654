import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { send } from '../../deploy/shippers/aws-s3/index.mjs'
import { readConfig } from '../../services/cli/config.ts'
import { startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'

test('a load balancer log that S3 tells of twice is stored once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'culprit-s3-'))
  const settings = { CULPRIT_LISTEN__PORT: '0', CULPRIT_LISTEN__DRAIN: '0s', CULPRIT_DATA_DIRECTORY: directory }
  const log = createLog({ level: 'silent', write: () => {} })
  const services = await startServices({ log, nowMs: Date.now }, await readConfig(undefined, settings))
  try {
    const lines = await readFile(new URL('../fixtures/formats/aws-alb.log', import.meta.url))
    const object = { body: gzipSync(lines), isGzip: true, identity: 'logs/AWSLogs/1.log.gz "etag"' }
    const environment = { CULPRIT_SERVER: services.address, CULPRIT_TOKEN: 't', CULPRIT_FORMAT: 'aws-alb' }
    const first = await send(object, environment)
    expect(first.accepted).toBeGreaterThan(20)
    expect(await send(object, environment)).toEqual(first)
    const metrics = await (await fetch(`${services.address}/metrics`)).text()
    expect(metrics).toContain('culprit_')
    await expect(send({ ...object, identity: 'x' }, { ...environment, CULPRIT_FORMAT: 'alb2' })).rejects.toThrow(
      'x: 400',
    )
  } finally {
    await services.stop()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
})
