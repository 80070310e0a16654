import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../../../../services/correlator/service.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import type { Incident } from '../../../../../shared/domain/incident.ts'
import { incidentToWire } from '../../../../../shared/domain/incident-wire.ts'
import { readIncident } from '../../../../../shared/domain/read-incident.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { atMinute, changeAt, drawLog, spikeAt, steady } from '../drawn-log.ts'
import { readDrawnLog } from '../read-drawn-log.ts'

const lines = [
  { version: 'v41', requests: steady(600, 160) },
  { service: 'search', requests: steady(600, 160) },
]

/** A third of the requests is slow from minute 120 on. */
function slowness(given: Parameters<typeof spikeAt>[1] = {}): Spike {
  return spikeAt(120, {
    ...{ id: 'slow', signal: 'latency', requests: 9_000, errors: 3_000, excessErrors: 2_910 },
    ...{ observedRate: 1 / 3, baselineRate: 0.01, detectedAtMs: atMinute(125) },
    slowness: { slowerThanMs: 512, normalP95Ms: 240, p95Ms: 1_900 },
    ...given,
  })
}

function tell(spikes: readonly Spike[], changes: readonly Change[] = []): Promise<Incident[]> {
  return correlateSpikes(readDrawnLog(drawLog(lines)), { spikes, changes, settings: DEFAULT_SETTINGS })
}

test('a slow service is an incident that says how slow, whose errors are not slow requests, and never critical', async () => {
  const [incident] = await tell([slowness()])
  expect(incident).toMatchObject({
    ...{ service: 'checkout', signal: 'latency', state: 'open', severity: 'major', cause: 'unknown', errors: 0 },
    affected: [{ service: 'checkout', requests: 9_000, errors: 3_000, shareOfExcess: 1 }],
    latency: { service: 'checkout', slowerThanMs: 512, slowRequests: 3_000, p95Ms: 1_900, normalP95Ms: 240 },
    recommendation: { action: 'investigate' },
  })
  expect(incident?.latency?.text).toBe(
    '33 % of the requests to checkout take longer than 510 ms, normally 1 %; 95 % are answered within 1.9 s, normally 240 ms',
  )
})

test('a deploy a minute before is blamed for it, and one that came after is not', async () => {
  const [guilty, late] = [changeAt(119, { id: 'guilty' }), changeAt(125, { id: 'late' })]
  const [incident] = await tell([slowness()], [guilty, late])
  expect(incident?.cause).toBe('change')
  expect(incident?.suspects.map(({ changeId }) => changeId)).toEqual(['guilty'])
  expect(incident?.suspects[0]?.probability).toBeGreaterThan(0.5)
  expect(incident?.cleared[0]?.text).toContain('after the first slow requests')
})

test('what is slow and fails within five minutes is one incident of errors, over when nothing fails', async () => {
  const errors = spikeAt(123, { resolvedMinute: 140 })
  const [incident, ...more] = await tell([slowness(), errors])
  expect(more).toEqual([])
  expect(incident).toMatchObject({ signal: 'error_rate', state: 'resolved', startedAtMs: atMinute(123) })
  expect(incident?.baselineRate).toBe(0.001)
  expect(incident?.latency?.slowRequests).toBe(3_000)
})

test('what has been slow for long and begins to fail are two incidents', async () => {
  expect(await tell([slowness(), spikeAt(150)])).toHaveLength(2)
})

test('what an incident of slowness says survives being written and read', async () => {
  const [incident] = await tell([slowness()])
  if (incident === undefined) throw new Error('no incident was told')
  const document = incidentToWire(incident)
  expect(document['latency']).toMatchObject({ slower_than_ms: 512, slow_requests: 3_000, normal_share: 0.01 })
  expect(incidentToWire(readIncident(document))).toEqual(document)
})
