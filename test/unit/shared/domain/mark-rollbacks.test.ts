import { expect, test } from 'vitest'
import type { Change } from '../../../../shared/domain/change.ts'
import { markRollbacks } from '../../../../shared/domain/mark-rollbacks.ts'

function deploy(minute: number, version: string, more: Partial<Change> = {}): Change {
  return {
    id: `c${minute}`,
    startedAtMs: minute * 60_000,
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    status: 'succeeded',
    reversible: true,
    source: 'github',
    version,
    ...more,
  }
}

/** Kinds, in the order of the changes given. */
const kinds = (...changes: readonly Change[]) => markRollbacks(changes).map(({ kind }) => kind)

test('a deploy of what ran before another version is a rollback from that version', () => {
  const marked = markRollbacks([deploy(1, 'v41'), deploy(2, 'v42'), deploy(3, 'v41')])
  expect(marked.map(({ kind, previousVersion }) => [kind, previousVersion])).toEqual([
    ['deploy', undefined],
    ['deploy', undefined],
    ['rollback', 'v42'],
  ])
})

test('going forward, again or elsewhere is no rollback', () => {
  expect(kinds(deploy(1, 'v41'), deploy(2, 'v42'), deploy(3, 'v43'))).toEqual(['deploy', 'deploy', 'deploy'])
  expect(kinds(deploy(1, 'v41'), deploy(2, 'v41'))).toEqual(['deploy', 'deploy'])
  expect(kinds(deploy(1, 'v41'), deploy(2, 'v42'), deploy(3, 'v41', { env: 'staging' }))).toEqual([
    'deploy',
    'deploy',
    'deploy',
  ])
  expect(kinds(deploy(1, 'v41'), deploy(2, 'v42'), deploy(3, 'v41', { service: 'search' }))).toEqual([
    'deploy',
    'deploy',
    'deploy',
  ])
})

test('two sources that call one deploy differently roll nothing back', () => {
  expect(kinds(deploy(1, 'v42'), deploy(2, 'a1b2c3d', { source: 'argocd' }), deploy(3, 'v42'))).toEqual([
    'deploy',
    'deploy',
    'deploy',
  ])
})

test('what was cancelled never ran, and order of arrival does not matter', () => {
  expect(kinds(deploy(1, 'v41'), deploy(2, 'v42', { status: 'cancelled' }), deploy(3, 'v41'))).toEqual([
    'deploy',
    'deploy',
    'deploy',
  ])
  expect(kinds(deploy(3, 'v41'), deploy(1, 'v41'), deploy(2, 'v42'))).toEqual(['rollback', 'deploy', 'deploy'])
})

test('after a rollback the same version again is no second one, and the next version is a deploy', () => {
  const forward = [deploy(1, 'v41'), deploy(2, 'v42'), deploy(3, 'v41'), deploy(4, 'v41'), deploy(5, 'v43')]
  expect(kinds(...forward)).toEqual(['deploy', 'deploy', 'rollback', 'deploy', 'deploy'])
})
