import { expect, test } from 'vitest'
import type { IncidentCase } from '../../../../../services/correlator/core/incident-case.ts'
import type { Refuted } from '../../../../../services/correlator/core/judge-causes.ts'
import { verify } from '../../../../../services/correlator/core/verification.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { drawCase } from '../drawn-case.ts'
import { changeAt, drawLog, MINUTE_MS, spikeAt, steady } from '../drawn-log.ts'
import { candidate, posteriorOf } from '../plain-case.ts'

const v42 = changeAt(119, { id: 'v42', version: 'v42', previousVersion: 'v41', finishedMinute: 120 })
const back = (minute: number, given: Partial<Change> = {}) =>
  changeAt(minute, { id: 'back', kind: 'rollback', version: 'v41', finishedMinute: minute + 1, ...given })

/** Fails one request in ten from minute 120 up to `untilMinute`; the log and the spike go on to minute 170. */
function failing(untilMinute: number): IncidentCase {
  const rows = drawLog([
    {
      version: 'v41',
      requests: [...steady(600, 120), ...steady(0, untilMinute - 120), ...steady(600, 170 - untilMinute)],
    },
    {
      version: 'v42',
      requests: [...steady(0, 120), ...steady(600, untilMinute - 120)],
      failures: [...steady(0, 120), ...steady(60, untilMinute - 120)],
    },
  ])
  const resolved = untilMinute < 170 && { resolvedMinute: untilMinute }
  return drawCase(rows, [spikeAt(120, { updatedAtMs: changeAt(170).startedAtMs, ...resolved })])
}

function stateOf(incident: IncidentCase, changes: readonly Change[], probability = 0.9) {
  const blamed = posteriorOf([[candidate(v42), probability]], { unknown: 1 - probability })
  return verify(incident, { posterior: blamed, cleared: [], refuted: [] }, [v42, ...changes])
}

test('errors that end with the rollback confirm the blame, with the minutes it took', () => {
  expect(stateOf(failing(140), [back(138)])).toEqual({
    state: 'confirmed',
    text: 'normal again 2 min after rollback v41 began',
    recoveredAfterMs: 2 * MINUTE_MS,
  })
})

const tried: Refuted = { change: v42, undo: { change: back(140), kind: 'reverts', outcome: 'no-help' } }
const flag = changeAt(118, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })

test('errors that go on long after the rollback refute it, and the next suspect is named', () => {
  const posterior = posteriorOf([[candidate(flag), 0.62]], { unknown: 0.38 })
  expect(verify(failing(170), { posterior, cleared: [], refuted: [tried] }, [v42, back(140), flag])).toEqual({
    state: 'refuted',
    text: 'still failing long after rollback v41: deploy v42 did not do it; next is flag new-cart of checkout (62 %)',
  })
})

test('refuted with nobody else to blame says so', () => {
  const posterior = posteriorOf([[candidate(flag), 0.2]], { unknown: 0.8 })
  expect(verify(failing(170), { posterior, cleared: [], refuted: [tried] }, [v42, back(140), flag]).text).toMatch(
    /deploy v42 did not do it; no other change explains it$/,
  )
})

test('what was done next and ended it is confirmed, whatever was refuted before', () => {
  const off = changeAt(138, { id: 'off', kind: 'feature_flag', title: 'new-cart off', finishedMinute: 138 })
  const posterior = posteriorOf([[candidate(flag), 0.9]], { unknown: 0.1 })
  const judged = { posterior, cleared: [], refuted: [tried] }
  expect(verify(failing(140), judged, [v42, back(125), flag, off])).toMatchObject({ state: 'confirmed' })
})

test.each<[string, IncidentCase, readonly Change[], string]>([
  ['a rollback a moment ago', failing(170), [back(168)], 'pending'],
  ['nobody took it back yet', failing(170), [], 'pending'],
  [
    'another version on top, which is no taking back',
    failing(170),
    [back(140, { kind: 'deploy', version: 'v43' })],
    'pending',
  ],
  ['it ended by itself', failing(140), [], 'not_applicable'],
  ['a rollback of another service', failing(140), [back(138, { service: 'search' })], 'not_applicable'],
  ['a cancelled rollback', failing(140), [back(138, { status: 'cancelled' })], 'not_applicable'],
  ['a rollback long after it ended', failing(130), [back(150)], 'not_applicable'],
])('%s', (_, incident, changes, expected) => {
  expect(stateOf(incident, changes).state).toBe(expected)
})

test('where no change is blamed there is nothing to confirm', () => {
  expect(stateOf(failing(140), [back(138)], 0.49)).toEqual({ state: 'not_applicable' })
  expect(stateOf(failing(140), [back(138)], 0.5).state).toBe('confirmed')
  expect(verify(failing(170), { posterior: posteriorOf([], { unknown: 1 }), cleared: [], refuted: [] }, [])).toEqual({
    state: 'not_applicable',
  })
})
