import { expect, test } from 'vitest'
import { createChangeRecords } from '../../../../../services/correlator/core/change-records.ts'
import type { Feedback } from '../../../../../shared/domain/command.ts'
import { incident } from '../../cli/incident-samples.ts'
import { atMinute, changeAt } from '../drawn-log.ts'

const changes = [changeAt(1, { id: 'd42' }), changeAt(2, { id: 'other' }), changeAt(3, { id: 'next' })]
const next = changeAt(3, { id: 'next' })
const said = (at: string, given: Pick<Feedback, 'verdict' | 'suspect_id' | 'change_id'>): Feedback => {
  return { kind: 'feedback', id: at, at, author: null, note: null, incident_id: 'inc_1', ...given }
}

function blamedBefore(feedback: readonly Feedback[]): number {
  const records = createChangeRecords(changes, feedback)
  records.blame(incident(), 0.5)
  return records.recordOf(next, { atMs: atMinute(4), watchedSinceMs: atMinute(0) }).blamedCount
}

test('a blamed change counts against the next of its kind', () => {
  expect(blamedBefore([])).toBe(1)
})

test('one that a person acquitted does not, and one that they named does', () => {
  const wrong = { verdict: 'wrong', suspect_id: 'd42' } as const
  expect(blamedBefore([said('2026-10-02T15:00:00Z', { ...wrong, change_id: null })])).toBe(0)
  expect(blamedBefore([said('2026-10-02T15:00:00Z', { ...wrong, change_id: 'other' })])).toBe(1)
})

test('the last word counts', () => {
  const wrong = said('2026-10-02T15:00:00Z', { verdict: 'wrong', suspect_id: 'd42', change_id: null })
  const right = said('2026-10-02T16:00:00Z', { verdict: 'right', suspect_id: 'd42', change_id: null })
  expect(blamedBefore([right, wrong])).toBe(1)
})

test('changes from before the log began count only where they broke something', () => {
  const records = createChangeRecords(changes, [])
  const known = { atMs: atMinute(4), watchedSinceMs: atMinute(3) }
  expect(records.recordOf(next, known)).toEqual({ changeCount: 0, blamedCount: 0 })
  records.blame(incident(), 0.5)
  expect(records.recordOf(next, known)).toEqual({ changeCount: 1, blamedCount: 1 })
})
