import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

const SECRET = 'a secret that two share'
const RUN_MS_MAX = 120_000

let directory: string
let culprit: StartedCulprit

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-webhooks-'))
  await writeFile(join(directory, 'github-secret'), `the one before\n${SECRET}\n`)
  await writeFile(
    join(directory, 'culprit.yaml'),
    'webhooks: { github: { secret_file: github-secret, services: { acme/checkout-api: checkout } } }',
  )
  culprit = await startCulprit(directory)
}, RUN_MS_MAX)

afterEach(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

function deliver(state: string, secret = SECRET): Promise<Response> {
  const body = JSON.stringify({
    action: 'created',
    deployment_status: { state, created_at: '2026-10-02T14:02:50Z' },
    deployment: {
      id: 7,
      sha: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
      environment: 'production',
      created_at: '2026-10-02T14:02:10Z',
    },
    repository: { name: 'checkout-api', full_name: 'acme/checkout-api' },
  })
  return fetch(`${culprit.address}/webhooks/github`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'deployment_status',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  })
}

async function listed(): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${culprit.address}/api/v1/changes`)
  return z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse(await response.json()).items
}

test(
  'a signed deployment becomes one change of the service that it is mapped to, whatever becomes of the process',
  async () => {
    expect((await deliver('success', 'somebody else')).status).toBe(401)
    expect((await deliver('in_progress')).status).toBe(202)
    expect(await (await deliver('success')).json()).toEqual({
      accepted: 1,
      ids: ['github:acme/checkout-api:deployment:7'],
    })
    culprit.process.kill('SIGKILL')
    await culprit.ended
    culprit = await startCulprit(directory)
    await expect.poll(listed, { timeout: 10_000 }).toMatchObject([
      {
        id: 'github:acme/checkout-api:deployment:7',
        ts: '2026-10-02T14:02:10.000Z',
        finished_at: '2026-10-02T14:02:50.000Z',
        kind: 'deploy',
        service: 'checkout',
        env: 'prod',
        status: 'succeeded',
        source: 'github',
      },
    ])
  },
  RUN_MS_MAX,
)
