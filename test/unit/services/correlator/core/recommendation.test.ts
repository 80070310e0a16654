import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recommend } from '../../../../../services/correlator/core/recommendation.ts'
import { CHANGE_KINDS, type Change, type ChangeKind } from '../../../../../shared/domain/change.ts'
import {
  NON_CHANGE_CAUSES,
  type NonChangeCause,
  type RecommendedAction,
} from '../../../../../shared/domain/incident.ts'
import { atMinute, changeAt } from '../drawn-log.ts'
import { candidate, finding, plainCase, posteriorOf, versionSpan } from '../plain-case.ts'

const incident = plainCase({ data: { versions: [versionSpan('v41', [0, 125]), versionSpan('v42', [118, 140])] } })
const rollout = { version: 'v42', exposed: new Set(['v42']), firstTrafficMs: atMinute(118) }
const v42 = changeAt(118, { id: 'v42', version: 'v42', source: 'kubernetes', finishedMinute: 119 })

/** What is recommended where one change is all but certain. */
function forChange(change: Change, given: Parameters<typeof candidate>[1] = {}) {
  return recommend(incident, posteriorOf([[candidate(change, given), 0.9]], { unknown: 0.1 }), [change])
}

test('a bad deploy: back to the version that served, with the command and the numbers', () => {
  expect(forChange(v42, { rollout })).toEqual({
    action: 'rollback',
    changeId: 'v42',
    toVersion: 'v41',
    command: 'kubectl -n prod rollout undo deployment/checkout',
    reason: 'back to v41: 1,000 requests at 0 % before',
    cautions: [],
  })
})

test.each<[ChangeKind, RecommendedAction, string]>([
  ['deploy', 'rollback', 'undo deploy new pool'],
  ['dependency', 'rollback', 'undo dependency update new pool'],
  ['infra', 'rollback', 'undo infrastructure change new pool'],
  ['migration', 'rollback', 'undo migration new pool'],
  ['other', 'rollback', 'undo change new pool'],
  ['config', 'revert_config', 'undo config new pool'],
  ['feature_flag', 'disable_flag', 'undo flag new pool'],
  ['scale', 'scale', 'scaling new pool left too little capacity'],
  ['rollback', 'roll_forward', 'going back is what broke it'],
])('for a guilty %s: %s', (kind, action, reason) => {
  expect(forChange(changeAt(118, { kind, title: 'new pool' }))).toMatchObject({ action, reason, toVersion: null })
})

test.each(CHANGE_KINDS)('a %s that can not be undone safely is never taken back', (kind) => {
  const { action, command, toVersion, cautions } = forChange(
    changeAt(118, { kind, reversible: false, commit: 'abc1234' }),
  )
  expect({ action, command, toVersion }).toEqual({ action: 'roll_forward', command: null, toVersion: null })
  expect(cautions).toHaveLength(1)
})

test('a version that only the change knows is named without numbers', () => {
  expect(forChange({ ...v42, previousVersion: 'v39' })).toMatchObject({ toVersion: 'v39', reason: 'back to v39' })
})

test.each<[NonChangeCause, RecommendedAction]>([
  ['upstream', 'escalate_upstream'],
  ['load', 'scale'],
  ['client', 'block_client'],
  ['unknown', 'investigate'],
])('where %s is the likeliest cause: %s, and no change is taken back', (cause, action) => {
  const posterior = posteriorOf([[candidate(v42), 0.3]], { [cause]: 0.7 })
  expect(recommend(incident, posterior, [v42])).toMatchObject({
    action,
    changeId: null,
    command: null,
    toVersion: null,
  })
})

test('the strongest evidence for another cause is told with it, what speaks against it is not', () => {
  const [load, ...others] = posteriorOf([], { load: 1 }).causes
  const told = (logOdds: number) => {
    const findings = [finding('status_mix', 1, 'mostly 503'), finding('load', logOdds, 'traffic doubled')]
    return recommend(incident, { candidates: [], causes: load ? [{ ...load, findings }, ...others] : [] }, []).reason
  }
  expect(told(3)).toBe('it gets more traffic than it can serve; no change explains it (traffic doubled)')
  expect(told(-3)).toMatch(/\(mostly 503\)$/)
})

test('suspects that are together likelier than any other cause are not outvoted by it', () => {
  const changes = ['a', 'b', 'c'].map((id) => changeAt(118, { id }))
  const posterior = posteriorOf(
    changes.map((change) => [candidate(change), 0.22] as const),
    { unknown: 0.34 },
  )
  expect(recommend(incident, posterior, changes)).toMatchObject({ action: 'rollback', changeId: 'a' })
})

test('of two suspects that can not be told apart the cheaper one is taken back first, to tell them apart', () => {
  const flag = changeAt(119, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })
  const tied = posteriorOf([
    [candidate(v42), 0.6],
    [candidate(flag), 0.35],
  ])
  expect(recommend(incident, tied, [v42, flag])).toMatchObject({
    action: 'disable_flag',
    changeId: 'flag',
    reason: 'taking back flag new-cart is the quickest way to tell the suspects apart; undo flag new-cart',
  })
  const clear = posteriorOf([
    [candidate(v42), 0.7],
    [candidate(flag), 0.2],
  ])
  expect(recommend(incident, clear, [v42, flag]).changeId).toBe('v42')
})

test('a suspect below the line of blame is looked into, not taken back', () => {
  const weak = posteriorOf([[candidate(v42), 0.45]], { unknown: 0.4, load: 0.15 })
  expect(recommend(incident, weak, [v42])).toMatchObject({
    action: 'investigate',
    changeId: 'v42',
    command: null,
    reason: 'deploy v42 of checkout fits best, but not well enough to take it back unseen',
  })
})

test('errors of instances being replaced ask for readiness checks, not for a rollback', () => {
  const posterior = posteriorOf([[candidate(v42), 0.9, [finding('churn', 1.5)]]], { unknown: 0.1 })
  expect(recommend(incident, posterior, [v42])).toMatchObject({ action: 'investigate', changeId: 'v42', command: null })
})

test('where the log begins inside the fault it says so', () => {
  const within = plainCase({ alreadyFailing: true })
  expect(recommend(within, posteriorOf([], { unknown: 1 }), []).reason).toMatch(/^already failing when the log begins/)
  expect(recommend(within, posteriorOf([[candidate(v42), 1]]), [v42]).reason).toMatch(/^already failing when the log/)
})

test('whatever the probabilities: a command goes with a suspect, and never with one that is not blamed', () => {
  const share = fc.double({ min: 0.001, max: 1, noNaN: true })
  const drawn = fc.record({
    suspects: fc.array(fc.tuple(fc.constantFrom(...CHANGE_KINDS), fc.boolean(), share), { maxLength: 5 }),
    others: fc.tuple(share, share, share, share),
  })
  fc.assert(
    fc.property(drawn, ({ suspects, others }) => {
      const whole = [...suspects.map(([, , part]) => part), ...others].reduce((sum, part) => sum + part, 0)
      const changes = suspects.map(([kind, reversible], index) =>
        changeAt(118, { id: `c${index}`, kind, reversible, commit: 'abc1234' }),
      )
      const posterior = posteriorOf(
        changes.map((change, index) => [candidate(change), (suspects[index]?.[2] ?? 0) / whole] as const),
        Object.fromEntries(NON_CHANGE_CAUSES.map((cause, index) => [cause, (others[index] ?? 0) / whole])),
      )
      const told = recommend(incident, posterior, changes)
      const ofChanges = posterior.candidates.reduce((sum, { probability }) => sum + probability, 0)
      const blamed = changes.find(({ id }) => id === told.changeId)
      if (told.command !== null || told.toVersion !== null) {
        expect(blamed?.reversible).toBe(true)
        expect(ofChanges).toBeGreaterThanOrEqual(incident.settings.blameAt)
      }
      if (blamed === undefined) expect(ofChanges).toBeLessThan(0.5)
    }),
  )
})
