import { expect, test } from 'vitest'
import { weighFeedback } from '../../../../../../services/correlator/core/evidence/feedback.ts'
import type { Feedback } from '../../../../../../shared/domain/command.ts'
import { changeAt } from '../../drawn-log.ts'

const given = (verdict: Feedback['verdict'], suspectId: string | null, changeId: string | null): Feedback => ({
  kind: 'feedback',
  id: 'cmd-1',
  at: '2026-10-02T14:05:00.000Z',
  author: 'ana',
  note: null,
  incident_id: 'inc_1',
  verdict,
  suspect_id: suspectId,
  change_id: changeId,
})

test.each([
  ['the suspect called right', given('right', 'v42', null), 40],
  ['the suspect called wrong', given('wrong', 'v42', null), -40],
  ['the change that a person names instead', given('wrong', 'flag', 'v42'), 40],
  ['a change that nobody spoke of', given('wrong', 'flag', null), undefined],
  ['an incident that nobody spoke of', undefined, undefined],
])('%s', (_, feedback, logOdds) => {
  expect(weighFeedback(changeAt(119, { id: 'v42' }), feedback)?.evidence.logOdds).toBe(logOdds)
})
