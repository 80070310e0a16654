import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readNumber } from '../contract/store-rows.ts'
import { FAKE_TOKEN, type FakeSlack, startFakeSlack } from '../support/fake-slack.ts'
import { testKafka } from '../support/kafka.ts'
import { byForm, sayMeasured } from '../support/long-form.ts'
import { createFleet, type Fleet } from './distributed-fleet.ts'
import { runCulprit } from './run-culprit.ts'
import { pastTraffic, startTraffic } from './shop-traffic.ts'

const kafka = await testKafka()
const form = byForm({
  short: { kills: 3, asleepMs: 6_000, bothMs: 6_000, timeoutMs: 300_000 },
  long: { kills: 50, asleepMs: 60_000, bothMs: 600_000, timeoutMs: 1_800_000 },
})
const DETECTORS = ['detector-1', 'detector-2']
const CORRELATORS = ['correlator-1', 'correlator-2']
const NOTIFIERS = ['notifier-1', 'notifier-2']
/** A tick comes every five seconds: a detector is killed before, in and after one. */
const ALIVE_MS = [1_000, 4_000, 7_000]

let fleet: Fleet
let slack: FakeSlack
beforeEach(async () => {
  slack = await startFakeSlack()
  fleet = await createFleet(kafka, {
    CULPRIT_NOTIFY__SLACK__BOT_TOKEN: FAKE_TOKEN,
    CULPRIT_NOTIFY__SLACK__CHANNEL: '#incidents',
    CULPRIT_NOTIFY__SLACK__API_URL: slack.apiUrl,
    CULPRIT_NOTIFY__ALLOWED_HOSTS: '[127.0.0.1]',
  })
}, 60_000)
afterEach(async () => {
  await fleet.stop()
  await slack.close()
})

/** Which of them does what only one may. */
async function findActive(names: readonly string[], gauge: string): Promise<string[]> {
  const texts = await Promise.all(names.map(async (name) => (await fetch(`${fleet.address(name)}/metrics`)).text()))
  return names.filter((_, index) => texts[index]?.includes(`\n${gauge} 1\n`))
}

/** The correlator and the notifier that do not stand by. */
async function findWorking(): Promise<string[]> {
  const correlators = await findActive(CORRELATORS, 'culprit_correlator_active')
  return [...correlators, ...(await findActive(NOTIFIERS, 'culprit_notifier_active'))]
}

/** Messages of their own, not lines in a thread. */
const messages = () => slack.posts.filter(({ threadTs }) => threadTs === undefined)

describe.skipIf(kafka === undefined)(
  'detectors that die or believe that they still watch what others took over, and correlators and notifiers that stand by for each other',
  () => {
    test('tell of one spike once, as one incident and one message', { timeout: form.timeoutMs }, async () => {
      expect(await runCulprit(['migrate'], { environment: fleet.environment })).toMatchObject({ code: 0 })
      for (const name of ['ingest', 'api'] as const) await fleet.start(name, name)
      for (const name of CORRELATORS) await fleet.start(name, 'correlator')
      for (const name of NOTIFIERS) await fleet.start(name, 'notifier')
      const past = pastTraffic(Date.now())
      const sent = await fetch(`${fleet.address('ingest')}/api/v1/events`, { method: 'POST', body: past.lines })
      expect(sent.status).toBe(202)
      await fleet.untilAllIsStored()
      for (const name of DETECTORS) await fleet.start(name, 'detector')

      const traffic = startTraffic(() => [fleet.address('ingest')])
      traffic.fail()
      for (let kill = 0; kill < form.kills; kill++) {
        await after(ALIVE_MS[kill % ALIVE_MS.length])
        await fleet.restart(DETECTORS[kill % DETECTORS.length] ?? '')
      }
      // Asleep, it is taken for dead, and the other watches all services; awake again, both do until it learns of that.
      process.kill(fleet.pid('detector-1'), 'SIGSTOP')
      await expect.poll(fleet.listIncidents, { timeout: 90_000, interval: 500 }).toHaveLength(1)
      await expect.poll(() => messages().length, { timeout: 60_000 }).toBe(1)
      await after(form.asleepMs)
      process.kill(fleet.pid('detector-1'), 'SIGCONT')
      await after(form.bothMs)

      await expect.poll(findWorking, { timeout: 60_000, interval: 500 }).toHaveLength(2)
      for (const name of await findWorking()) await fleet.kill(name)
      const id = String((await fleet.listIncidents())[0]?.['id'])
      const acknowledge = { method: 'POST', body: JSON.stringify({ author: 'ana' }) }
      await fetch(`${fleet.address('api')}/api/v1/incidents/${id}/acknowledge`, acknowledge)
      await expect.poll(() => JSON.stringify(slack.posts), { timeout: 60_000 }).toContain('ana acknowledged it')
      await traffic.stop()
      const incidents = (await fleet.listIncidents()).length
      sayMeasured({ kills: form.kills, incidents, messages: messages().length, lines: slack.posts.length })

      expect(await fleet.listIncidents()).toMatchObject([{ service: 'checkout', state: 'acknowledged' }])
      expect(messages()).toHaveLength(1)
      expect(await readNumber(fleet.store, 'SELECT uniqExact(id) AS n FROM incidents')).toBe(1)
    })
  },
)
