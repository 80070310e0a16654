import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../../../../services/correlator/service.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import type { Incident } from '../../../../../shared/domain/incident.ts'
import { incidentToWire } from '../../../../../shared/domain/incident-wire.ts'
import { readIncident } from '../../../../../shared/domain/read-incident.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { whatFails } from '../../../../../shared/faces/incident-words.ts'
import { atMinute, changeAt, type DrawnLine, drawLog, spikeAt, steady } from '../drawn-log.ts'
import { readDrawnLog } from '../read-drawn-log.ts'

/** A route that worked answers a third of its requests with 401 from minute 120 on. */
const BROKEN: DrawnLine = {
  ...{ version: 'v41', route: '/account', status: 401 },
  requests: steady(600, 160),
  failures: [...steady(0, 120), ...steady(200, 40)],
}

function refused(given: Parameters<typeof spikeAt>[1] = {}): Spike {
  return spikeAt(120, {
    ...{ id: 'refused', errorStatuses: { from: 401, to: 403 }, requests: 9_000, errors: 3_000, excessErrors: 2_990 },
    ...{ observedRate: 1 / 3, baselineRate: 0.001, detectedAtMs: atMinute(122) },
    ...given,
  })
}

function tell(
  spikes: readonly Spike[],
  changes: readonly Change[],
  of: { readonly drawn?: readonly DrawnLine[]; readonly told?: boolean } = {},
): Promise<Incident[]> {
  const { drawn = [BROKEN], told = false } = of
  const deps = { ...readDrawnLog(drawLog(drawn)), wasTold: () => told }
  return correlateSpikes(deps, { spikes, changes, settings: DEFAULT_SETTINGS })
}

const deploy = changeAt(119, { id: 'guilty' })

test('client errors that begin with a deploy are an incident that blames it and counts them, never critical', async () => {
  const [incident, ...more] = await tell([refused()], [deploy])
  expect(more).toEqual([])
  expect(incident).toMatchObject({ service: 'checkout', signal: 'error_rate', severity: 'major', cause: 'change' })
  expect(Object.keys(incident?.statuses ?? {})).toEqual(['401'])
  expect(incident?.errors).toBeGreaterThan(2_000)
  expect(incident?.suspects[0]?.changeId).toBe('guilty')
  if (incident === undefined) throw new Error('no incident was told')
  expect(whatFails(incident)).toMatch(/^answering 3\d % of requests with 401$/)
  const document = incidentToWire(incident)
  expect(incidentToWire(readIncident(document))).toEqual(document)
})

test('without a change of that time nobody is told, however many they are', async () => {
  expect(await tell([refused()], [])).toEqual([])
  expect(await tell([refused()], [changeAt(60), changeAt(125)])).toEqual([])
})

test('what never was there can not have been broken by a deploy', async () => {
  const scanned = { ...BROKEN, requests: [...steady(0, 120), ...steady(200, 40)] }
  const steadyRoute = { ...BROKEN, route: '/', failures: steady(0, 160) }
  expect(await tell([refused()], [deploy], { drawn: [scanned, steadyRoute] })).toEqual([])
})

test('an incident that was told goes on being told when the change turns out to be another', async () => {
  expect(await tell([refused()], [], { told: true })).toHaveLength(1)
})

test('what a failing service tells its clients is part of its incident', async () => {
  const failing = spikeAt(119)
  const incidents = await tell([refused(), failing], [deploy])
  expect(incidents).toHaveLength(1)
  expect(incidents[0]?.baselineRate).toBe(failing.baselineRate)
})
