import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVersionMatcher } from '../../../../../services/correlator/core/match-version.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { isSameVersion } from '../../../../../shared/domain/same-version.ts'
import { atMinute, changeAt } from '../drawn-log.ts'
import { versionSpan } from '../plain-case.ts'

test.each([
  ['v42', 'v42', true],
  ['v42', '42', true],
  ['V42', 'v42', true],
  ['registry.example/shop/checkout:v42', 'v42', true],
  ['checkout@sha256:9f86d081884c7d65', '9f86d08', true],
  ['9f86d081884c7d659a2feaa0c55ad015', '9F86D08', true],
  ['v42', 'v421', false],
  ['9f86d0', '9f86d081884c7d65', false],
  ['9f86d08', '0f86d081884c7d65', false],
  ['vault', 'ault', false],
  ['1.2', '1.20', false],
])('%s and %s are one version: %s', (tag, name, same) => {
  expect(isSameVersion(tag, name)).toBe(same)
})

test('whether two names mean one version does not depend on which is asked about which', () => {
  const name = fc.oneof(fc.string({ unit: fc.constantFrom('v', '4', '2', 'a', 'f', '/', ':', '.') }), fc.string())
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(isSameVersion(one, one)).toBe(true)
      expect(isSameVersion(one, other)).toBe(isSameVersion(other, one))
    }),
  )
})

const old = versionSpan('v41', [0, 125])
const { service: _, ...noService } = changeAt(118)

/** The version found, those that hold the change, and the minute of its first request; else what is known instead. */
function show(
  change: Change,
  spans = [old, versionSpan('v42', [118, 140])],
  deploys: readonly Change[] = [change],
): string {
  const match = createVersionMatcher(spans, deploys)(change)
  if (match.kind !== 'rollout') return match.kind
  const { version, exposed, firstTrafficMs } = match.rollout
  const first = firstTrafficMs === undefined ? '' : ` from ${(firstTrafficMs - atMinute(0)) / 60_000}`
  return `${version} in ${[...exposed].join('+')}${first}`
}

test.each<[string, string, string]>([
  ['a log that names no version', show(changeAt(118, { version: 'v42' }), [versionSpan('', [0, 140])]), 'unknown'],
  ['no log', show(changeAt(118, { version: 'v42' }), []), 'unknown'],
  ['a deploy that says its version', show(changeAt(100, { version: '42' })), 'v42 in v42 from 118'],
  ['a deploy that does not', show(changeAt(118)), 'v42 in v42 from 118'],
  ['one of the whole platform', show(noService), 'v42 in v42 from 118'],
  ['a dependency update', show(changeAt(118, { kind: 'dependency' })), 'v42 in v42 from 118'],
  ['a setting, which replaces no code', show(changeAt(118, { kind: 'config', version: 'v42' })), 'unknown'],
  ['a rollback to what ran before', show(changeAt(130, { kind: 'rollback', version: 'v41' })), 'v41 in v41'],
  ['a nameless deploy as the log begins, which shows nothing new', show(changeAt(1), [old]), 'unknown'],
  ['a version that the log began with', show(changeAt(0, { version: 'v41' })), 'v41 in v41'],
])('%s', (_name, shown, expected) => {
  expect(shown).toBe(expected)
})

test('what came after a version holds its change as well, what ran before does not', () => {
  const spans = [old, versionSpan('v43', [130, 150]), versionSpan('v42', [118, 131])]
  expect(show(changeAt(118, { version: 'v42' }), spans)).toBe('v42 in v43+v42 from 118')
  expect(show(changeAt(130, { version: 'v43' }), spans)).toBe('v43 in v43 from 130')
})

test.each([
  ['two minutes before it was recorded', 120, {}, 'v42 in v42 from 118'],
  ['three minutes before', 121, {}, 'unknown'],
  ['half an hour after it began, its end not known', 88, {}, 'v42 in v42 from 118'],
  ['forty minutes after', 78, {}, 'unknown'],
  ['five minutes after its end', 100, { finishedMinute: 113 }, 'v42 in v42 from 118'],
  ['six minutes after its end', 100, { finishedMinute: 112 }, 'unknown'],
])('a version that no change names and that appeared %s', (_name, minute, given, expected) => {
  expect(show(changeAt(minute, given))).toBe(expected)
})

test('of two versions that appeared with a nameless deploy none is guessed, nor one that another deploy names', () => {
  const spans = [old, versionSpan('v42', [118, 140]), versionSpan('canary', [119, 140])]
  const nameless = changeAt(118)
  expect(show(nameless, spans)).toBe('unknown')
  const other = changeAt(119, { id: 'other', version: 'canary' })
  expect(show(nameless, spans, [nameless, other])).toBe('v42 in v42+canary from 118')
})

test('a version is missing only from a log that is known to call versions what deploys call them', () => {
  const missing = changeAt(118, { version: 'v99' })
  const named = changeAt(60, { id: 'named', version: 'v42', previousVersion: 'v41' })
  const spans = [old, versionSpan('v42', [60, 140])]
  expect(show(missing, spans, [missing, named])).toBe('absent')
  expect(show({ ...missing, previousVersion: 'v42' }, spans, [{ ...missing, previousVersion: 'v42' }])).toBe('absent')
  expect(show(missing, spans, [missing])).toBe('unknown')
  expect(show(changeAt(118), spans, [changeAt(118), named])).toBe('unknown')
})
