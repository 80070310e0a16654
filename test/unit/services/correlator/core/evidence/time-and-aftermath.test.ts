import { expect, test } from 'vitest'
import { weighAlreadyThere } from '../../../../../../services/correlator/core/evidence/already-there.ts'
import { weighChurn } from '../../../../../../services/correlator/core/evidence/churn.ts'
import { weighHistory } from '../../../../../../services/correlator/core/evidence/history.ts'
import { weighRecovery } from '../../../../../../services/correlator/core/evidence/recovery.ts'
import { findUndo } from '../../../../../../services/correlator/core/undo.ts'
import type { Change } from '../../../../../../shared/domain/change.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { changeAt, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const quiet = steady(0, 60)

test('a change that came when it was failing already is cleared', () => {
  const rows = drawLog([{ requests: steady(300, 75), failures: [...steady(0, 57), ...steady(30, 18)] }])
  const incident = drawCase(rows, [spikeAt(60, { resolvedMinute: 75 })])
  const finding = weighAlreadyThere(incident, candidateOf(incident, changeAt(60)))
  expect(finding?.clears).toBe('fault_already_there')
  expect(finding?.evidence.text).toBe('7.5 % of 1,200 requests failed in the minutes before it already')
  expect(weighAlreadyThere(incident, candidateOf(incident, changeAt(57)))).toBeUndefined()
})

test('gateway errors that end with the rollout are told as a way of deploying', () => {
  const rows = drawLog([{ requests: steady(300, 75), failures: [...quiet, ...steady(30, 5)], status: 503 }])
  const incident = drawCase(rows, [spikeAt(60, { resolvedMinute: 65 })])
  const ends = candidateOf(incident, changeAt(59, { finishedMinute: 65 }))
  expect(weighChurn(incident, ends)?.evidence.text).toBe(
    '100 % of the errors are 502 or 503, and they ended with the rollout',
  )
  const goesOn = candidateOf(incident, changeAt(59, { finishedMinute: 72 }))
  expect(weighChurn(incident, goesOn)).toBeUndefined()
})

test('history moves the prior, and never by much', () => {
  const change = changeAt(0)
  expect(weighHistory(change, { changeCount: 20, blamedCount: 0 })).toBeUndefined()
  expect(weighHistory(change, { changeCount: 20, blamedCount: 2 })?.evidence.text).toBe(
    '2 of 20 earlier changes of this kind broke this service',
  )
  expect(weighHistory(change, { changeCount: 50, blamedCount: 50 })?.evidence.logOdds).toBe(1)
  const allWell = weighHistory(change, { changeCount: 100, blamedCount: 0 })?.evidence
  expect(allWell?.text).toBe('none of 100 earlier changes of this kind broke this service')
  expect(allWell?.logOdds).toBeCloseTo(Math.log(1 / 2), 2)
})

/** Failing from minute 60 to 80, taken for recovered by the detector at 80. */
const recovered = drawCase(drawLog([{ requests: steady(300, 100), failures: [...quiet, ...steady(30, 20)] }]), [
  spikeAt(60, { resolvedMinute: 80, updatedAtMs: 0 }),
])
/** Still failing at minute 100. */
const lasting = drawCase(drawLog([{ requests: steady(300, 100), failures: [...quiet, ...steady(30, 40)] }]), [
  spikeAt(60, { updatedAtMs: changeAt(100).startedAtMs }),
])
const bad = changeAt(59, { version: 'v42', previousVersion: 'v41' })
const flag = changeAt(59, { kind: 'feature_flag', title: 'new-cart' })

test.each<[string, typeof recovered, Change, Change, string | undefined]>([
  [
    'a rollback',
    recovered,
    bad,
    changeAt(79, { kind: 'rollback', version: 'v41' }),
    'normal again 60 s after rollback v41 began',
  ],
  [
    'a deploy of the old version',
    recovered,
    bad,
    changeAt(78, { version: 'v41' }),
    'normal again 2 min after deploy v41 began',
  ],
  [
    'the flag turned back',
    recovered,
    flag,
    changeAt(80, { kind: 'feature_flag', title: 'new-cart off' }),
    'normal again as flag new-cart off took effect',
  ],
  [
    'a rollback that did not help',
    lasting,
    bad,
    changeAt(70, { kind: 'rollback', version: 'v41' }),
    'still failing long after rollback v41',
  ],
  ['a rollback a minute ago', lasting, bad, changeAt(99, { kind: 'rollback', version: 'v41' }), undefined],
  [
    'another service’s rollback',
    recovered,
    bad,
    changeAt(79, { kind: 'rollback', service: 'search' }),
    'normal again without anybody having recorded taking it back',
  ],
  [
    'going back a version, which leaves the number of instances as it was',
    recovered,
    changeAt(59, { kind: 'scale', title: 'replicas 4 to 6' }),
    changeAt(79, { kind: 'rollback', version: 'v41' }),
    'normal again without anybody having recorded taking it back',
  ],
])('weighs %s', (_, incident, change, undo, text) => {
  const candidate = candidateOf(incident, change, [undo])
  const known = { undo: findUndo(incident, candidate, [change, undo]), recordsUndos: true }
  const finding = weighRecovery(incident, candidate, known)
  expect(finding?.evidence.text).toBe(text)
  if (text?.startsWith('still')) expect(finding?.evidence.logOdds).toBeLessThan(-2)
  else if (text?.includes('without')) expect(finding?.evidence.logOdds).toBeLessThan(0)
  else if (text !== undefined) expect(finding?.evidence.logOdds).toBeGreaterThan(2)
})

test('a rollback seen to work counts even where the detector has not called it over', () => {
  const rows = drawLog([{ requests: steady(300, 100), failures: [...quiet, ...steady(30, 20)] }])
  const incident = drawCase(rows, [spikeAt(60, { updatedAtMs: changeAt(100).startedAtMs })])
  const undo = changeAt(79, { kind: 'rollback', finishedMinute: 80 })
  expect(findUndo(incident, candidateOf(incident, bad, [undo]), [bad, undo])).toMatchObject({ outcome: 'recovered' })
})

test('a burst that is over within minutes is hardly a release that broke', () => {
  const rows = drawLog([{ requests: steady(300, 75), failures: [...quiet, 30] }])
  const incident = drawCase(rows, [spikeAt(60, { resolvedMinute: 61 })])
  for (const recordsUndos of [true, false])
    expect(
      weighRecovery(incident, candidateOf(incident, bad), { undo: undefined, recordsUndos })?.evidence,
    ).toMatchObject({
      logOdds: -3,
      text: 'normal again by itself after 60 s',
    })
})

test('errors that end while the release goes on spreading are hardly its own', () => {
  const incident = drawCase(drawLog([{ requests: steady(300, 75), failures: [...quiet, 30] }]), [
    spikeAt(60, { resolvedMinute: 61 }),
  ])
  const rollout = candidateOf(incident, changeAt(60, { finishedMinute: 66 }))
  expect(weighRecovery(incident, rollout, { undo: undefined, recordsUndos: true })?.evidence).toMatchObject({
    logOdds: -4,
    text: 'normal again by itself after 60 s, before half of the rollout was done',
  })
})

test('a rollback that skips what a release replaced speaks more for an earlier one', () => {
  const back = changeAt(79, { kind: 'rollback', version: 'v40' })
  const [first, second] = [
    changeAt(40, { id: 'v41', version: 'v41', previousVersion: 'v40' }),
    changeAt(50, { id: 'v42', version: 'v42', previousVersion: 'v41' }),
  ]
  const logOddsOf = (change: Change): number => {
    const candidate = candidateOf(recovered, change)
    const undo = findUndo(recovered, candidate, [first, second, back])
    return weighRecovery(recovered, candidate, { undo, recordsUndos: true })?.evidence.logOdds ?? Number.NaN
  }
  expect(logOddsOf(second)).toBeGreaterThan(1)
  expect(logOddsOf(first)).toBeGreaterThan(logOddsOf(second) + 0.5)
})

test('a release that another one replaced to no avail, and that ended by itself, fares no better than one left in place', () => {
  const rows = drawLog([{ requests: steady(300, 110), failures: [...quiet, ...steady(30, 35)] }])
  const incident = drawCase(rows, [spikeAt(60, { resolvedMinute: 95 })])
  const replaced = candidateOf(incident, bad)
  const left = candidateOf(incident, flag)
  const next = changeAt(70, { id: 'next', version: 'v43' })
  const undo = findUndo(incident, replaced, [bad, next])
  expect(undo).toMatchObject({ kind: 'replaces', outcome: 'no-help' })
  const of = (known: typeof undo, candidate: typeof left) =>
    weighRecovery(incident, candidate, { undo: known, recordsUndos: true })?.evidence.logOdds
  expect(of(undo, replaced)).toBe(of(undefined, left))
})

test('a deploy that begins with the errors is no fix of them', () => {
  const incident = drawCase(drawLog([{ requests: steady(300, 75), failures: [...quiet, 30] }]), [
    spikeAt(60, { resolvedMinute: 61 }),
  ])
  const suspect = changeAt(40, { id: 'earlier' })
  const next = changeAt(60, { id: 'next', version: 'v43', finishedMinute: 63 })
  expect(findUndo(incident, candidateOf(incident, suspect), [suspect, next])).toBeUndefined()
})
