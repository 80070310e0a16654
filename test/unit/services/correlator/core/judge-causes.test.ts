import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Judgement, judgeCauses } from '../../../../../services/correlator/core/judge-causes.ts'
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from '../../../../../shared/domain/change.ts'
import { NON_CHANGE_CAUSES } from '../../../../../shared/domain/incident.ts'
import { drawCase } from '../drawn-case.ts'
import { changeAt, type DrawnLine, drawLog, spikeAt, steady } from '../drawn-log.ts'

const noRecord = () => ({ changeCount: 0, blamedCount: 0 })
const quiet = steady(0, 118)

/** A rollout at minute 118 to a version of which one request in ten fails, or of both versions alike. */
function rollout(fails: 'new' | 'both'): readonly DrawnLine[] {
  const both = fails === 'both'
  return [
    {
      version: 'v41',
      requests: [...steady(600, 118), ...steady(300, 22)],
      ...(both && { failures: [...quiet, 0, 0, ...steady(30, 20)] }),
    },
    {
      version: 'v42',
      requests: [...quiet, ...steady(300, 22)],
      failures: [...quiet, ...(both ? [0, 0] : [30, 30]), ...steady(30, 20)],
    },
    { service: 'search', requests: steady(600, 140) },
  ]
}

const v42 = changeAt(118, { id: 'v42', version: 'v42', previousVersion: 'v41', finishedMinute: 139 })
const flag = changeAt(119.5, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })
const caseOf = (fails: 'new' | 'both') => drawCase(drawLog(rollout(fails)), [spikeAt(fails === 'new' ? 118 : 120)])
const guilty = caseOf('new')
const innocent = caseOf('both')

function probabilities({ posterior }: Judgement): number[] {
  return [...posterior.candidates, ...posterior.causes].map(({ probability }) => probability)
}

/** `v42 0.99 unknown 0.01`: suspects and what else has a hundredth. */
function show({ posterior }: Judgement): string {
  return [
    ...posterior.candidates.map(({ candidate, probability }) => ({ name: candidate.change.id, probability })),
    ...posterior.causes.map(({ cause, probability }) => ({ name: cause, probability })),
  ]
    .filter(({ probability }) => probability >= 0.1)
    .map(({ name }) => name)
    .join(' ')
}

test('the version that fails names its deploy', () => {
  const judgement = judgeCauses(guilty, [v42], noRecord)
  expect(show(judgement)).toBe('v42')
  expect(judgement.cleared).toEqual([])
})

test('a deploy whose old version fails alike is cleared with that reason, and its share goes to the others', () => {
  const judgement = judgeCauses(innocent, [v42, flag], noRecord)
  expect(judgement.cleared).toEqual([
    { changeId: 'v42', reason: 'old_version_fails_alike', text: expect.stringMatching(/^deploy v42: v4\d fails/) },
  ])
  expect(judgement.posterior.candidates.map(({ candidate }) => candidate.change.id)).toEqual(['flag'])
  expect(probabilities(judgement).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9)
})

test('with no change there is no suspect, and every other cause is weighed', () => {
  const judgement = judgeCauses(guilty, [], noRecord)
  expect(judgement.posterior.candidates).toEqual([])
  expect(judgement.cleared).toEqual([])
  expect(judgement.posterior.causes.map(({ cause }) => cause).toSorted()).toEqual(NON_CHANGE_CAUSES.toSorted())
})

test('a change that broke the service before is likelier than one that never did', () => {
  const weigh = (changeCount: number, blamedCount: number) => {
    const { posterior } = judgeCauses(innocent, [flag, { ...flag, id: 'other', title: 'other' }], ({ id }) =>
      id === 'flag' ? { changeCount, blamedCount } : noRecord(),
    )
    return posterior.candidates.find(({ candidate }) => candidate.change.id === 'flag')?.probability ?? 0
  }
  expect(weigh(10, 8)).toBeGreaterThan(weigh(10, 0))
})

test('of an incident of which the store has nothing the cause is unknown, none is certain and none is ruled out', () => {
  const judgement = judgeCauses(drawCase([], [spikeAt(120)]), [], noRecord)
  expect(judgement.posterior.causes[0]?.cause).toBe('unknown')
  expect(Math.max(...probabilities(judgement))).toBeLessThan(0.5)
  expect(probabilities(judgement).every((one) => one > 0)).toBe(true)
})

test.each([
  ['with everything the flag needs to be guilty but its kind of errors', 118],
  ['three minutes', 117],
])('an outage of mostly 503s is not blamed on a flag that was switched before it: %s', (_, minute) => {
  const failing = (status: number, each: number): DrawnLine => ({
    status,
    requests: [...steady(0, 120), ...steady(each, 30)],
    failures: [...steady(0, 120), ...steady(each, 30)],
  })
  const rows = drawLog([{ requests: steady(600, 150) }, failing(503, 60), failing(502, 15), failing(504, 10)])
  const outage = drawCase(rows, [spikeAt(120, { excessErrors: 2500 })])
  const { posterior } = judgeCauses(outage, [changeAt(minute, { kind: 'feature_flag', title: 'new-cart' })], noRecord)
  expect(posterior.candidates[0]?.probability ?? 0).toBeLessThan(0.5)
})

const changes = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    minute: fc.integer({ min: -30, max: 160 }),
    kind: fc.constantFrom(...CHANGE_KINDS),
    status: fc.constantFrom(...CHANGE_STATUSES),
    service: fc.constantFrom('checkout', 'search', 'nowhere', undefined),
    version: fc.constantFrom('v40', 'v41', 'v42', 'v43', undefined),
    length: fc.integer({ min: 0, max: 40 }),
  }),
  { selector: ({ id }) => id, maxLength: 6 },
)

function toChange({
  id,
  minute,
  kind,
  status,
  service,
  version,
  length,
}: ReturnType<typeof changes.generate>['value'][number]): Change {
  const { service: _, ...rest } = changeAt(minute, { id, kind, status, finishedMinute: minute + length })
  return { ...rest, ...(service !== undefined && { service }), ...(version !== undefined && { version }) }
}

test('any changes: probabilities are shares of 1, likeliest first, and what is cleared has none', () => {
  fc.assert(
    fc.property(changes, fc.boolean(), (drawn, isGuilty) => {
      const judgement = judgeCauses(isGuilty ? guilty : innocent, drawn.map(toChange), noRecord)
      const all = probabilities(judgement)
      expect(all.every((one) => one >= 0 && one <= 1)).toBe(true)
      expect(all.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9)
      for (const list of [judgement.posterior.candidates, judgement.posterior.causes]) {
        const shares = list.map(({ probability }) => probability)
        expect(shares).toEqual(shares.toSorted((a, b) => b - a))
      }
      const suspects = judgement.posterior.candidates.map(({ candidate }) => candidate.change.id)
      const judged = [...suspects, ...judgement.cleared.map(({ changeId }) => changeId)]
      expect(new Set(judged).size).toBe(judged.length)
      for (const { evidence } of judgement.posterior.candidates.flatMap(({ findings }) => findings))
        expect(Number.isFinite(evidence.logOdds)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('however many changes are on record of other times and places, the same is said', () => {
  const minute = (min: number, max: number) => fc.double({ min, max, noNaN: true })
  const kind = fc.constantFrom('config' as const, 'feature_flag' as const, 'scale' as const)
  const here = fc.array(fc.record({ at: minute(60, 139), kind }), { maxLength: 6 })
  const others = fc.array(fc.record({ at: minute(-5_000, -10), kind, env: fc.constantFrom('prod', 'test') }), {
    maxLength: 400,
  })
  fc.assert(
    fc.property(here, others, (near, far) => {
      const known = [v42, ...near.map(({ at, ...rest }, i) => changeAt(at, { id: `near-${i}`, ...rest }))]
      const rest = far.map(({ at, ...given }, i) => changeAt(at, { id: `far-${i}`, ...given }))
      expect(judgeCauses(guilty, [...known, ...rest], noRecord)).toEqual(judgeCauses(guilty, known, noRecord))
    }),
    { numRuns: 30 },
  )
})
