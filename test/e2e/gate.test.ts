import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { byForm } from '../support/long-form.ts'
import {
  BAD_ROLLOUTS,
  drawSlice,
  healthyRollout,
  MINUTES_A_STEP,
  ROLLOUT_STEPS,
  type Rollout,
} from '../support/rollout-traffic.ts'
import { createPrng, type Prng } from '../worlds/prng.ts'
import { runCulprit } from './run-culprit.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

const HEALTHY = byForm({ short: 30, long: 200 })
const MINUTES_BEFORE = 30
const CELLS_A_MINUTE = 6
const MINUTE_MS = 60_000
const CELL_MS = MINUTE_MS / CELLS_A_MINUTE
const POST_LINES = 20_000
const ASKED_AT_ONCE = 4
const RUN_MS_MAX = 120_000 + HEALTHY * 1_000

let directory: string
let culprit: StartedCulprit
/** The first request of the new versions: all the steps are over by now. */
let beganAtMs: number

const prng = createPrng('rollouts over HTTP')
const services = [
  ...BAD_ROLLOUTS.map((rollout, n) => ({ name: `bad-${n}`, rollout, prng: prng.fork(`bad ${n}`) })),
  ...Array.from({ length: HEALTHY }, (_, n) => ({
    ...{ name: `healthy-${n}`, rollout: healthyRollout(n), prng: prng.fork(`healthy ${n}`) },
  })),
]
const healthy = services.filter(({ name }) => name.startsWith('healthy'))

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-gate-'))
  culprit = await startCulprit(directory, { environment: { CULPRIT_LOG_LEVEL: 'silent' } })
  const steps = ROLLOUT_STEPS.length * MINUTES_A_STEP
  beganAtMs = (Math.floor(Date.now() / MINUTE_MS) - steps) * MINUTE_MS
  await serve({ share: 0, fromMinute: -MINUTES_BEFORE, toMinute: 0 })
}, 120_000)

afterAll(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

interface Minutes {
  /** Of the traffic, on the new version. */
  readonly share: number
  readonly fromMinute: number
  readonly toMinute: number
}

/** All services serve for some minutes. */
async function serve(minutes: Minutes): Promise<void> {
  const lines = services.flatMap(({ name, ...drawn }) => eventsOf(name, drawn, minutes))
  for (let from = 0; from < lines.length; from += POST_LINES) {
    const body = lines.slice(from, from + POST_LINES).join('\n')
    const url = `${culprit.address}/api/v1/events?format=ndjson`
    expect((await fetch(url, { method: 'POST', body })).status).toBe(202)
  }
}

interface Drawn {
  readonly prng: Prng
  readonly rollout: Rollout
}

function eventsOf(service: string, { prng, rollout }: Drawn, { share, fromMinute, toMinute }: Minutes): string[] {
  return Array.from({ length: (toMinute - fromMinute) * CELLS_A_MINUTE }, (_, cell) => {
    const ts = new Date(beganAtMs + fromMinute * MINUTE_MS + cell * CELL_MS).toISOString()
    const slice = drawSlice(prng, rollout, { share, minutes: 1 / CELLS_A_MINUTE })
    const { exposedRequests, exposedErrors, otherRequests, otherErrors } = slice
    return [
      { version: 'v2', status: 200, count: exposedRequests - exposedErrors },
      { version: 'v2', status: 500, count: exposedErrors },
      { version: 'v1', status: 200, count: otherRequests - otherErrors },
      { version: 'v1', status: 500, count: otherErrors },
    ]
      .filter(({ count }) => count > 0)
      .map((event) => JSON.stringify({ ts, service, method: 'GET', route: '/', ...event }))
  }).flat()
}

const answerSchema = z.object({ verdict: z.string(), text: z.string() })

/** What is said of each service's release, in their order. */
async function ask(names: readonly string[]): Promise<z.infer<typeof answerSchema>[]> {
  const answers: z.infer<typeof answerSchema>[] = []
  for (let from = 0; from < names.length; from += ASKED_AT_ONCE) {
    const asked = names.slice(from, from + ASKED_AT_ONCE).map(async (service) => {
      const body = JSON.stringify({ service, version: 'v2' })
      const response = await fetch(`${culprit.address}/api/v1/gates`, { method: 'POST', body })
      return answerSchema.parse(await response.json())
    })
    answers.push(...(await Promise.all(asked)))
  }
  return answers
}

function gate(service: string, ...args: readonly string[]) {
  return runCulprit(['gate', '--service', service, '--version', 'v2', '--server', culprit.address, ...args])
}

test('the gate stops each bad release at its first step, and lets every healthy one through', {
  timeout: RUN_MS_MAX,
}, async () => {
  for (const [step, share] of ROLLOUT_STEPS.entries()) {
    await serve({ share, fromMinute: step * MINUTES_A_STEP, toMinute: (step + 1) * MINUTES_A_STEP })
    const said = await ask(healthy.map(({ name }) => name))
    expect(said.filter(({ verdict }) => verdict === 'harmful')).toEqual([])
    if (step === ROLLOUT_STEPS.length - 1)
      expect(new Set(said.map(({ verdict }) => verdict))).toEqual(new Set(['healthy']))
    if (step > 0) continue
    const stopped = await ask(BAD_ROLLOUTS.map((_, n) => `bad-${n}`))
    expect(stopped.map(({ verdict }) => verdict)).toEqual(BAD_ROLLOUTS.map(() => 'harmful'))
    expect(await gate('bad-0')).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(
        /^harmful: v2 fails [3-7](\.\d)? % of 1,0\d\d requests, other versions at the same time 0\.\d+ % of 1\d,\d{3} requests\n$/,
      ),
    })
  }
  expect(await gate('healthy-6')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^healthy: v2 fails/) })
})
