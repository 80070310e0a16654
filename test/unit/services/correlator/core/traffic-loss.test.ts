import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../../../../services/correlator/service.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import type { Incident } from '../../../../../shared/domain/incident.ts'
import { incidentToWire } from '../../../../../shared/domain/incident-wire.ts'
import { readIncident } from '../../../../../shared/domain/read-incident.ts'
import type { MissingTraffic, Spike } from '../../../../../shared/domain/spike.ts'
import { atMinute, changeAt, drawLog, spikeAt, steady } from '../drawn-log.ts'
import { readDrawnLog } from '../read-drawn-log.ts'

const lines = [
  { version: 'v41', requests: steady(600, 120) },
  { service: 'search', requests: steady(600, 160) },
]

/** No requests of a service from minute 120 on. */
function silence(given: Parameters<typeof spikeAt>[1] = {}, traffic: Partial<MissingTraffic> = {}): Spike {
  return spikeAt(120, {
    ...{
      signal: 'traffic_drop',
      requests: 0,
      errors: 0,
      excessErrors: 0,
      observedRate: 0,
      detectedAtMs: atMinute(130),
    },
    ...given,
    traffic: { expectedRequests: 9_000, silentSinceMs: atMinute(120), othersKnown: 3, othersSending: 3, ...traffic },
  })
}

function tell(spikes: readonly Spike[], changes: readonly Change[] = []): Promise<Incident[]> {
  return correlateSpikes(readDrawnLog(drawLog(lines)), { spikes, changes, settings: DEFAULT_SETTINGS })
}

test('a silent service is an incident that says so, and that nothing can be said of its errors', async () => {
  const [incident] = await tell([silence()])
  expect(incident).toMatchObject({
    service: 'checkout',
    signal: 'traffic_drop',
    state: 'open',
    severity: 'critical',
    cause: 'unknown',
    affected: [{ service: 'checkout', requests: 0, shareOfExcess: 1 }],
    recommendation: { action: 'investigate' },
  })
  expect(incident?.traffic?.text).toMatch(
    /^no data from checkout since \d\d:\d\d:\d\d UTC: nothing can be said about its errors; 3 other services of prod still send$/,
  )
})

test('where nothing else sends either, what sends the logs is doubted as well', async () => {
  const [incident] = await tell([silence({}, { othersSending: 0 })])
  expect(incident?.severity).toBe('major')
  expect(incident?.traffic?.text).toContain('nothing else of prod sends either: what sends the logs may have died')
  const [alone] = await tell([silence({}, { othersKnown: 0, othersSending: 0 })])
  expect(alone?.traffic?.text).toContain('nothing else of prod is known')
})

test('services that fall silent together are one incident', async () => {
  const incidents = await tell([silence(), silence({ service: 'search' })])
  expect(incidents).toHaveLength(1)
  expect(incidents[0]?.affected.map(({ service }) => service).toSorted()).toEqual(['checkout', 'search'])
  expect(incidents[0]?.traffic?.text).toContain('and 1 other service since')
})

test('a deploy after which no request comes is blamed, though its version never served one', async () => {
  const deploy = changeAt(119.5, { id: 'v42', version: 'v42', previousVersion: 'v41' })
  const [incident] = await tell([silence()], [deploy])
  expect(incident).toMatchObject({ cause: 'change', suspects: [{ changeId: 'v42' }] })
  expect(incident?.suspects[0]?.evidence[0]?.text).toMatch(/^last requests/)
})

test('an incident of errors stays open through silence, and says that there is no data', async () => {
  const errors = spikeAt(110)
  const over = silence({ resolvedMinute: 140 })
  const [incident, ...others] = await tell([errors, over])
  expect(others).toEqual([])
  expect(incident).toMatchObject({ signal: 'error_rate', state: 'open', resolvedAtMs: null })
  expect(incident?.traffic?.text).toContain('no data from checkout from')
})

test('a service that keeps a small part of its requests is told with their share', async () => {
  const [incident] = await tell([silence({ requests: 450 }, { silentSinceMs: null })])
  expect(incident?.traffic?.text).toBe(
    'checkout gets 5 % of the requests that are to be expected at this time: 450 of 9,000',
  )
})

test('what is missing is read back as it was written', async () => {
  const [incident] = await tell([silence()])
  if (incident === undefined) throw new Error('no incident')
  expect(readIncident(incidentToWire(incident)).traffic).toEqual(incident.traffic)
})
