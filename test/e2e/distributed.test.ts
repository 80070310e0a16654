import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bus } from '../../shared/bus/bus.ts'
import { FORM_HEADER, NATIVE_FORM } from '../../shared/bus/topics.ts'
import { readNumber } from '../contract/store-rows.ts'
import { testKafka } from '../support/kafka.ts'
import { createFleet, type Fleet } from './distributed-fleet.ts'
import { runCulprit, runHere } from './run-culprit.ts'
import { pastTraffic, startTraffic } from './shop-traffic.ts'

const kafka = await testKafka()

let fleet: Fleet
beforeEach(async () => {
  fleet = await createFleet(kafka)
}, 60_000)
afterEach(() => fleet.stop())

const INGEST = ['ingest-1', 'ingest-2']
const DETECTORS = ['detector-1', 'detector-2']
/** As many lines as are parsed in threads and sent as one block. */
const BULK = 2_000
/** How long after the last one each of them is killed. */
const KILL_EVERY_MS = 3_000

type Culprit = (...args: string[]) => ReturnType<typeof runHere>

/** During the incident, of which the API knows. */
async function expectCommandsToWork(culprit: Culprit): Promise<void> {
  expect((await culprit('changes')).stdout).toContain('checkout: deploy v42')
  expect((await culprit('incidents')).stdout).toMatch(/checkout failing[\s\S]*deploy v42/)
  expect(await culprit('gate', '--service', 'checkout', '--version', 'v42')).toMatchObject({ code: 3 })
  expect((await culprit('export', 'incidents')).stdout).toMatch(/^\{"id":"inc_.*\}\n$/)
  const doctor = await culprit('doctor')
  expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/failed +processes +nobody runs notifier$/m) })
  expect(doctor.stdout).not.toContain('has judged nothing')
  const toIngest = await runHere(['incidents', '--server', fleet.address('ingest-1')], fleet.environment)
  expect(toIngest).toMatchObject({ code: 1, stderr: expect.stringContaining('no api: name a process that runs it') })
  const backtest = await runHere(['backtest', '--since', '1h'], fleet.environment)
  expect(backtest).toMatchObject({ code: 0, stdout: expect.stringContaining('checkout GET /checkout/{id}') })
  const backup = await culprit('backup', 'never-made.tar')
  expect(backup).toMatchObject({ code: 1, stderr: expect.stringContaining('ClickHouse server by its own BACKUP') })
}

/** Lines of a service that nothing happens to. */
function bulkLines(): string {
  const ts = new Date(Date.now() - 600_000).toISOString()
  const event = { ts, service: 'bulk', method: 'GET', route: '/bulk/{id}', status: 200, user_agent: 'x'.repeat(60) }
  return Array.from({ length: BULK }, (_, n) => JSON.stringify({ ...event, request_id: `bulk${n}` })).join('\n')
}

/** The forms of the events that are on the bus, and how many bytes each came to. */
async function watchForms(bus: Bus): Promise<ReadonlyMap<string, number>> {
  const bytes = new Map<string, number>()
  await bus.subscribe({
    topic: 'access-events',
    group: 'watch',
    async handle(messages) {
      for (const { value, headers } of messages) {
        const form = headers[FORM_HEADER] ?? 'lines'
        bytes.set(form, (bytes.get(form) ?? 0) + value.length)
      }
    },
  })
  return bytes
}

describe.skipIf(kafka === undefined)('services in processes of their own over Kafka and ClickHouse', () => {
  test('refuse a server without the schema, and say what to do', { timeout: 120_000 }, async () => {
    const ran = await runCulprit(['start', '--only', 'api'], { environment: fleet.environment, keepInputOpen: true })
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toMatch(/there is no schema.*run culprit migrate/)
    expect(await runHere(['config', 'check'], fleet.environment)).toMatchObject({ code: 0 })
    const doctor = await runHere(['doctor', '--server', 'http://127.0.0.1:9'], fleet.environment)
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/^failed +store[\s\S]*culprit migrate/m) })
    expect(doctor.stdout).toMatch(/^ok +kafka +1 broker in reach$/m)
    expect(doctor.stdout).toMatch(/^warning +processes +nobody runs ingest, detector, correlator, notifier$/m)
  })

  test('any of them killed during a fault: one incident, the right suspect, no event lost or doubled', {
    timeout: 300_000,
  }, async () => {
    expect(await runCulprit(['migrate'], { environment: fleet.environment })).toMatchObject({ code: 0 })
    for (const name of INGEST) await fleet.start(name, 'ingest')
    await fleet.start('api', 'api')
    await fleet.start('correlator', 'correlator')
    const watching = fleet.openBus()
    const forms = await watchForms(watching)
    const sentBulk = await fetch(`${fleet.address('ingest-2')}/api/v1/events`, { method: 'POST', body: bulkLines() })
    expect(await sentBulk.json()).toMatchObject({ accepted: BULK })
    await expect.poll(() => forms.get(NATIVE_FORM), { timeout: 20_000 }).toBeGreaterThan(0)
    expect([...forms.keys()]).toEqual([NATIVE_FORM])
    await watching.close()
    const past = pastTraffic(Date.now())
    const sentPast = await fetch(`${fleet.address('ingest-1')}/api/v1/events`, { method: 'POST', body: past.lines })
    expect(sentPast.status).toBe(202)
    await fleet.untilAllIsStored()
    for (const name of DETECTORS) await fleet.start(name, 'detector')

    const traffic = startTraffic(() => INGEST.map(fleet.address))
    const culprit = (...args: string[]) => runHere([...args, '--server', fleet.address('api')], fleet.environment)
    const deploy = ['--service', 'checkout', '--version', 'v42', '--id', 'deploy-42']
    expect(await culprit('change', ...deploy)).toMatchObject({ code: 0, stdout: 'the change is known as deploy-42\n' })
    await after(2_000)
    traffic.fail()
    for (const name of ['ingest-1', 'detector-1', 'correlator', 'api', 'ingest-2', 'detector-2', 'correlator']) {
      await after(KILL_EVERY_MS)
      await fleet.restart(name)
    }
    await expect.poll(fleet.listIncidents, { timeout: 120_000, interval: 500 }).toHaveLength(1)
    await after(2 * KILL_EVERY_MS)
    await expectCommandsToWork(culprit)
    const { requests } = await traffic.stop()
    await fleet.untilAllIsStored()

    expect(await fleet.listIncidents()).toMatchObject([
      { service: 'checkout', cause: 'change', state: 'open', suspects: [{ change_id: 'deploy-42' }] },
    ])
    const all = BULK + past.requests + requests
    expect(await readNumber(fleet.store, 'SELECT sum(count) AS n FROM access_events')).toBe(all)
    expect(
      await readNumber(fleet.store, "SELECT uniqExact(request_id) AS n FROM access_events WHERE request_id != ''"),
    ).toBe(BULK + requests)
    expect(await readNumber(fleet.store, 'SELECT sum(requests) AS n FROM cells_10s')).toBe(all)
    expect(await readNumber(fleet.store, 'SELECT sum(requests) AS n FROM cells_1m')).toBe(all)
  })
})
