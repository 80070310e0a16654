import { expect, test } from 'vitest'
import { readReplay } from '../../bench/read-replay.ts'

const incident = {
  ...{ id: 'inc_1', env: 'prod', service: 'checkout', signal: 'error_rate', state: 'resolved', severity: 'critical' },
  ...{ started_at: '2026-03-02T12:00:00Z', detected_at: '2026-03-02T12:00:30Z', resolved_at: null },
  ...{ baseline_rate: 0.001, observed_rate: 0.05, requests: 1_000, excess_errors: 49 },
  affected: [
    { service: 'checkout', route: '/pay/{id}' },
    { service: 'gateway', route: null },
  ],
  cause: 'change',
  suspects: [{ change_id: 'chg-1', probability: 0.9, change: {}, evidence: [] }],
  other_causes: [{ cause: 'unknown', probability: 0.1, evidence: [] }],
}
const replay = (incidents: object[]): string => JSON.stringify({ summary: { lines: 5, elapsed_s: 1.5 }, incidents })

test('an incident is read with its times, its services and its suspects', () => {
  expect(readReplay(replay([incident])).findings).toMatchObject([
    {
      service: 'checkout',
      affected: ['checkout', 'gateway'],
      startedMs: Date.UTC(2026, 2, 2, 12),
      detectedMs: Date.UTC(2026, 2, 2, 12, 0, 30),
      suspects: [{ changeId: 'chg-1', probability: 0.9 }],
    },
  ])
})

test('a document that breaks the contract is refused', () => {
  expect(() => readReplay(replay([{ ...incident, detected_at: undefined }]))).toThrow()
  expect(() => readReplay('{}')).toThrow()
})
