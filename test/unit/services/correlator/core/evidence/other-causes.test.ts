import { expect, test } from 'vitest'
import { weighLoad } from '../../../../../../services/correlator/core/evidence/load.ts'
import { bringsTraffic, weighOneClient } from '../../../../../../services/correlator/core/evidence/one-client.ts'
import { weighOneHost } from '../../../../../../services/correlator/core/evidence/one-host.ts'
import { weighStatusMix } from '../../../../../../services/correlator/core/evidence/status-mix.ts'
import { weighUndeclaredVersion } from '../../../../../../services/correlator/core/evidence/undeclared-version.ts'
import { drawCase } from '../../drawn-case.ts'
import { type DrawnLine, drawLog, spikeAt, steady } from '../../drawn-log.ts'
import { finding } from '../../plain-case.ts'

const quiet = steady(0, 60)
const during = (failures: number) => [...quiet, ...steady(failures, 15)]

function caseOf(lines: readonly DrawnLine[]) {
  return drawCase(drawLog(lines), [spikeAt(60, { resolvedMinute: 75 })])
}

test.each([
  ['three times the traffic', [...steady(300, 60), ...steady(900, 15)], 4, '3 times the traffic of the hour before'],
  ['a jump by half', [...steady(300, 60), ...steady(450, 15)], 1, '1.5 times the traffic of the hour before'],
])('%s at the onset points at load', (_, requests, atLeast, text) => {
  const finding = weighLoad(caseOf([{ requests, failures: during(30) }]))
  expect(finding?.evidence.logOdds).toBeGreaterThan(atLeast)
  expect(finding?.evidence.text).toBe(text)
})

test.each([
  ['the same traffic', steady(300, 75)],
  ['a morning’s rise', Array.from({ length: 75 }, (_, minute) => 300 + minute)],
  ['less traffic', [...steady(300, 60), ...steady(200, 15)]],
])('%s speaks against load', (_, requests) => {
  expect(weighLoad(caseOf([{ requests, failures: during(30) }]))?.evidence.logOdds).toBeLessThan(-1)
})

test('a jump between two handfuls of requests says little', () => {
  const finding = weighLoad(caseOf([{ requests: [...steady(2, 60), ...steady(3, 15)], failures: during(1) }]))
  expect(Math.abs(finding?.evidence.logOdds ?? Number.NaN)).toBeLessThan(1.5)
})

test('minutes that fail because they hold more of a thin route’s requests are no surge', () => {
  const thin = Array.from({ length: 75 }, (_, minute) => [0, 1, 0, 3, 2][minute % 5] ?? 0)
  const failures = thin.map((requests, minute) => (minute < 60 ? 0 : Math.floor(requests / 2)))
  expect(weighLoad(caseOf([{ requests: thin, failures }]))?.evidence.logOdds).toBeLessThan(1)
})

test('one client with nearly all errors and few of the requests is the cause', () => {
  const finding = weighOneClient(
    caseOf([
      { client: '203.0.113.0', requests: during(20), failures: during(19) },
      { client: '198.51.100.0', requests: steady(200, 75) },
      { client: '', requests: steady(300, 75), failures: steady(1, 75) },
    ]),
  )
  expect(finding?.evidence.logOdds).toBe(8)
  expect(finding?.evidence.text).toBe(
    'client 203.0.113.0 has 98 % of the added errors with 3.8 % of the requests; the others fail 0.2 %',
  )
})

test('errors spread over clients as requests are speak against one client', () => {
  const finding = weighOneClient(
    caseOf([
      { client: 'a', requests: steady(200, 75), failures: during(20) },
      { client: 'b', requests: steady(300, 75), failures: during(30) },
    ]),
  )
  expect(finding?.evidence.logOdds).toBeLessThan(-3)
})

test('a log of one client can’t tell', () => {
  expect(weighOneClient(caseOf([{ client: 'a', requests: steady(200, 75), failures: during(20) }]))).toBeUndefined()
})

test('an old instance with all the errors is a cause that nobody declares', () => {
  const lines = ['a', 'b', 'c', 'd'].map((host) => ({
    host,
    requests: steady(100, 75),
    ...(host === 'c' && { failures: during(30) }),
  }))
  expect(weighOneHost(caseOf(lines))?.evidence.text).toBe(
    'instance c has 100 % of the added errors with 25 % of the requests',
  )
})

test.each([
  [500, 'change', 'upstream', 'the added errors are mostly 500'],
  [504, 'upstream', 'change', '100 % of the added errors are 502 or 504: something behind it fails'],
  [503, 'load', 'change', '100 % of the added errors are 503: out of capacity'],
] as const)('status %i points at %s rather than %s', (status, likelier, other, text) => {
  const incident = caseOf([{ requests: steady(300, 75), failures: during(30), status }])
  const [strong, weak] = [weighStatusMix(incident, likelier), weighStatusMix(incident, other)]
  expect(strong?.evidence.logOdds).toBeGreaterThan((weak?.evidence.logOdds ?? 0) + 1)
  expect(strong?.evidence.text).toBe(text)
})

test('errors that were normal before are left out of the status mix', () => {
  const incident = caseOf([
    { requests: steady(3000, 75), failures: steady(30, 75), status: 503 },
    { requests: steady(300, 75), failures: during(30), status: 500 },
  ])
  expect(weighStatusMix(incident, 'change')?.evidence.data).toMatchObject({ internal: expect.closeTo(1, 1) })
})

test('errors of an earlier incident are not what is normal', () => {
  const failures = [...steady(0, 20), ...steady(30, 20), ...steady(0, 20), ...steady(30, 15)]
  const incident = caseOf([{ requests: steady(300, 75), failures, status: 503 }])
  expect(weighStatusMix(incident, 'load')?.evidence.text).toBe('100 % of the added errors are 503: out of capacity')
})

test('a version that nobody declared and that fails is told as an unreported change', () => {
  const lines = [
    { version: 'v1', requests: [...steady(300, 60), ...steady(150, 15)] },
    { version: 'v2', requests: [...quiet, ...steady(150, 15)], failures: during(15) },
  ]
  const finding = weighUndeclaredVersion(caseOf(lines), [])
  expect(finding?.evidence.text).toBe(
    'no change reported v2: v2 fails 10 % of 2,250 requests, v1 at the same time 0 % of 2,250',
  )
})

test('a client brings the traffic only where there is a surge', () => {
  const client = finding('one_client', 8)
  const ofClient = { evidence: { ...client.evidence, data: { share_of_requests: 0.7 } } }
  const loadOf = (logOdds: number, ratio: number) => {
    return { evidence: { ...finding('load', logOdds).evidence, data: { ratio } } }
  }
  expect(bringsTraffic(ofClient, loadOf(4, 3))).toBe(true)
  expect(bringsTraffic(ofClient, loadOf(-5, 1.01))).toBe(false)
})
