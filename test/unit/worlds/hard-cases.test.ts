import { expect, test } from 'vitest'
import { judgeHardCase } from '../../bench/judge-hard-case.ts'
import type { ToldIncident } from '../../bench/read-replay.ts'
import { CLIENT_ERROR_CASES } from '../../worlds/hard-cases/client-errors.ts'
import { FAULT_CASES } from '../../worlds/hard-cases/faults.ts'
import { CASE_START_MS, drawCase, type HardCase } from '../../worlds/hard-cases/hard-case.ts'
import { HARMLESS_CASES } from '../../worlds/hard-cases/harmless.ts'
import { SLOW_CASES } from '../../worlds/hard-cases/slow.ts'

const all = [...FAULT_CASES, ...SLOW_CASES, ...CLIENT_ERROR_CASES, ...HARMLESS_CASES]

function told(minute: number, change: Partial<ToldIncident> = {}): ToldIncident {
  const at = new Date(CASE_START_MS + minute * 60_000).toISOString()
  return {
    ...{ service: 'a', signal: 'error_rate', severity: 'major', started_at: at, detected_at: at, resolved_at: null },
    ...{ baseline_rate: 0, observed_rate: 0.1, requests: 100, excess_errors: 10, affected: [], cause: 'change' },
    ...{ suspects: [{ change_id: 'guilty', probability: 0.9, evidence: [] }], other_causes: [] },
    ...change,
  }
}

function expecting(expected: HardCase['expected']): HardCase {
  return { name: 'case', promise: '', hours: 1, streams: [], expected }
}

const fault = { service: 'a', fromMinute: 10, toMinute: 30, seenByMinute: 12, culprit: 'guilty' }
const broken = expecting({ kind: 'faults', faults: [fault] })

test.each([
  ['one incident in time', [told(11)], 0],
  ['none', [], 1],
  ['one that comes late', [told(13)], 1],
  ['one that comes twice', [told(11), told(20)], 1],
  ['one on another service besides', [told(11), told(11, { service: 'b' })], 1],
  [
    'one that blames another change',
    [told(11, { suspects: [{ change_id: 'other', probability: 0.9, evidence: [] }] })],
    1,
  ],
  ['one long after it', [told(50)], 2],
])('a fault that is told by %s breaks so many promises', (_name, incidents, problems) => {
  expect(judgeHardCase(broken, incidents)).toHaveLength(problems)
})

test('what is harmless may be told only where the case allows it', () => {
  expect(judgeHardCase(expecting({ kind: 'silent' }), [told(1, { severity: 'minor' })])).toHaveLength(1)
  const noOutage = expecting({ kind: 'no-outage' })
  expect(judgeHardCase(noOutage, [told(1, { severity: 'minor' }), told(2, { cause: 'client' })])).toEqual([])
  expect(judgeHardCase(noOutage, [told(1)])).toHaveLength(1)
})

test('every case has a name and a promise of its own', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  expect(new Set(all.map(({ promise }) => promise)).size).toBe(all.length)
})

test('a case draws the same lines twice, in time order', () => {
  for (const hardCase of all.filter(({ hours }) => hours <= 6)) {
    const lines = [...drawCase(hardCase)].join('').trimEnd().split('\n')
    expect([...drawCase(hardCase)].join('').trimEnd().split('\n')).toEqual(lines)
    const times = lines.map((line) => String(JSON.parse(line).ts))
    expect(times).toEqual(times.toSorted())
  }
})
