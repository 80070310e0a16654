import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readNumber } from '../contract/store-rows.ts'
import { testKafka } from '../support/kafka.ts'
import { createFleet, type Fleet } from './distributed-fleet.ts'
import { runCulprit } from './run-culprit.ts'
import { pastTraffic, startTraffic } from './shop-traffic.ts'

const kafka = await testKafka()

let fleet: Fleet
beforeEach(async () => {
  fleet = await createFleet(kafka)
})
afterEach(() => fleet.stop())

const INGEST = ['ingest-1', 'ingest-2']
const DETECTORS = ['detector-1', 'detector-2']
/** How long after the last one each of them is killed. */
const KILL_EVERY_MS = 3_000

describe.skipIf(kafka === undefined)('services in processes of their own over Kafka and ClickHouse', () => {
  test('refuse a server without the schema, and say what to do', async () => {
    const ran = await runCulprit(['start', '--only', 'api'], { environment: fleet.environment, keepInputOpen: true })
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toMatch(/there is no schema.*run culprit migrate/)
  })

  test('any of them killed during a fault: one incident, the right suspect, no event lost or doubled', {
    timeout: 300_000,
  }, async () => {
    expect(await runCulprit(['migrate'], { environment: fleet.environment })).toMatchObject({ code: 0 })
    for (const name of INGEST) await fleet.start(name, 'ingest')
    await fleet.start('api', 'api')
    await fleet.start('correlator', 'correlator')
    const past = pastTraffic(Date.now())
    const sentPast = await fetch(`${fleet.address('ingest-1')}/api/v1/events`, { method: 'POST', body: past.lines })
    expect(sentPast.status).toBe(202)
    await fleet.untilAllIsStored()
    for (const name of DETECTORS) await fleet.start(name, 'detector')

    const traffic = startTraffic(() => INGEST.map(fleet.address))
    const change = {
      id: 'deploy-42',
      ts: new Date().toISOString(),
      kind: 'deploy',
      service: 'checkout',
      version: 'v42',
    }
    const told = await fetch(`${fleet.address('api')}/api/v1/changes`, { method: 'POST', body: JSON.stringify(change) })
    expect(told.status).toBe(202)
    await after(2_000)
    traffic.fail()
    for (const name of ['ingest-1', 'detector-1', 'correlator', 'api', 'ingest-2', 'detector-2', 'correlator']) {
      await after(KILL_EVERY_MS)
      await fleet.restart(name)
    }
    await expect.poll(fleet.listIncidents, { timeout: 120_000, interval: 500 }).toHaveLength(1)
    await after(2 * KILL_EVERY_MS)
    const { requests } = await traffic.stop()
    await fleet.untilAllIsStored()

    expect(await fleet.listIncidents()).toMatchObject([
      { service: 'checkout', cause: 'change', state: 'open', suspects: [{ change_id: 'deploy-42' }] },
    ])
    const all = past.requests + requests
    expect(await readNumber(fleet.store, 'SELECT sum(count) AS n FROM access_events')).toBe(all)
    expect(
      await readNumber(fleet.store, "SELECT uniqExact(request_id) AS n FROM access_events WHERE request_id != ''"),
    ).toBe(requests)
    expect(await readNumber(fleet.store, 'SELECT sum(requests) AS n FROM cells_10s')).toBe(all)
    expect(await readNumber(fleet.store, 'SELECT sum(requests) AS n FROM cells_1m')).toBe(all)
  })
})
