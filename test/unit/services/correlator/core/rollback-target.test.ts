import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { VersionSpan } from '../../../../../services/correlator/core/evidence-data.ts'
import { findTarget } from '../../../../../services/correlator/core/rollback-target.ts'
import { atMinute, changeAt } from '../drawn-log.ts'
import { candidate, plainCase, versionSpan } from '../plain-case.ts'

const v42 = changeAt(118, { id: 'v42', version: 'v42' })
const rollout = { version: 'v42', exposed: new Set(['v42', 'v43']), firstTrafficMs: atMinute(118) }

function targetOf(versions: readonly VersionSpan[], change = v42) {
  return findTarget(plainCase({ data: { versions } }), candidate(change, { rollout }))
}

const v42Span = versionSpan('v42', [118, 140])

test.each<[string, readonly VersionSpan[], string | undefined]>([
  ['nothing ran before', [v42Span], undefined],
  ['what ran before', [versionSpan('v41', [0, 125]), v42Span], 'v41'],
  ['the newest of what ran before', [versionSpan('v40', [0, 60]), versionSpan('v41', [50, 125]), v42Span], 'v41'],
  [
    'not one that was as bad',
    [versionSpan('v40', [0, 60]), versionSpan('v41', [50, 125], { errorsBefore: 50 }), v42Span],
    'v40',
  ],
  ['not one that took no request', [versionSpan('v41', [0, 125], { requestsBefore: 0 }), v42Span], undefined],
  ['not what came after and holds the change', [versionSpan('v43', [130, 140]), v42Span], undefined],
  ['not what the log does not name', [versionSpan('', [0, 140]), v42Span], undefined],
  ['not another service’s', [versionSpan('v41', [0, 125], { service: 'search' }), v42Span], undefined],
])('goes back to %s', (_, versions, expected) => {
  expect(targetOf(versions)?.version).toBe(expected)
})

test('says how the version to go back to served', () => {
  expect(targetOf([versionSpan('v41', [0, 125], { requestsBefore: 2000, errorsBefore: 2 }), v42Span])).toEqual({
    version: 'v41',
    requests: 2000,
    errorRate: 0.001,
    lastAtMs: atMinute(125),
  })
})

test('what the change says it replaced comes first, by whatever name the log knows it', () => {
  const versions = [versionSpan('v41', [50, 125]), versionSpan('shop/checkout:v40', [0, 60]), v42Span]
  expect(targetOf(versions, { ...v42, previousVersion: 'v40' })?.version).toBe('shop/checkout:v40')
  const unknown = targetOf(versions, { ...v42, previousVersion: 'v39' })
  expect(unknown).toEqual({ version: 'v39', requests: 0, errorRate: 0, lastAtMs: undefined })
})

test('what the change replaced is no target where it failed too: the last one that served well is', () => {
  const versions = [versionSpan('v40', [0, 60]), versionSpan('v41', [50, 125], { errorsBefore: 50 }), v42Span]
  expect(targetOf(versions, { ...v42, previousVersion: 'v41' })).toMatchObject({ version: 'v40', requests: 1000 })
})

test('without a rollout in the log only the change’s own word counts', () => {
  const incident = plainCase({ data: { versions: [versionSpan('v41', [0, 125])] } })
  expect(findTarget(incident, candidate(v42))).toBeUndefined()
  expect(findTarget(incident, candidate({ ...v42, previousVersion: 'v41' }))?.version).toBe('v41')
})

test('of two that began together it is the one that served last, in whatever order they were read', () => {
  const versions = [
    versionSpan('v39', [0, 30]),
    versionSpan('v41', [0, 125]),
    versionSpan('v40', [0, 60]),
    versionSpan('v41-b', [0, 125]),
    v42Span,
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(versions, { minLength: versions.length }), (shuffled) => {
      expect(targetOf(shuffled)?.version).toBe('v41')
    }),
  )
})
