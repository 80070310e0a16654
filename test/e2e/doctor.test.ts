import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../services/cli/config.ts'
import { startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { runHere } from './run-culprit.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-doctor-'))
})

afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))

test('the doctor asks a running server, and says what its logs lack', { timeout: 90_000 }, async () => {
  const settings = { CULPRIT_LISTEN__PORT: '0', CULPRIT_LISTEN__DRAIN: '0s', CULPRIT_DATA_DIRECTORY: directory }
  const log = createLog({ level: 'silent', write: () => {} })
  const services = await startServices({ log, nowMs: Date.now }, await readConfig(undefined, settings))
  try {
    const event = JSON.stringify({
      ts: Date.now() - 60_000,
      service: 'checkout',
      route: '/a',
      status: 200,
      count: 5_000,
    })
    const early = JSON.stringify({ ts: Date.now() + 20 * 60_000, service: 'checkout', route: '/a', status: 200 })
    const body = `${event}\n${early}\n`
    await fetch(`${services.address}/api/v1/events?format=ndjson`, { method: 'POST', body })
    const asked = async () => (await runHere(['doctor', '--server', services.address])).stdout
    await expect.poll(asked, { timeout: 20_000, interval: 500 }).toMatch(/5,001 requests of 1 service/)
    const text = await asked()
    expect(text).toMatch(/ok +server +answers/)
    expect(text).toMatch(/warning +versions +no version in the logs of checkout\n +fix: log the release/)
    expect(text).toMatch(/warning +clock +50 % of the events were dated in the future[\s\S]*fix: set the clock/)
    expect(text).toMatch(/warning +alerts +nobody is told/)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  } finally {
    await services.stop()
  }
})

test('without a server it says so, and a wrong configuration is what is to be mended first', async () => {
  const nowhere = ['--server', 'http://127.0.0.1:9']
  const config = join(directory, 'culprit.yaml')
  await writeFile(config, `data_directory: ${directory}/data\n`)
  const quiet = await runHere(['doctor', '--config', config, ...nowhere])
  expect(quiet).toMatchObject({ code: 0, stdout: expect.stringMatching(/warning +server +none answers/) })
  await writeFile(config, 'detektion: {}\n')
  const wrong = await runHere(['doctor', '--config', config, ...nowhere])
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/failed +configuration[\s\S]*detection/) })
})
