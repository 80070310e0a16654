import type { Change } from '../../../../shared/domain/change.ts'
import type { Feedback } from '../../../../shared/domain/command.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { sayName } from '../wording.ts'

/** A person who says so has looked, and knows what no log shows: it outweighs everything else. */
const LOG_ODDS = 40

/** What did a person say of this change in this very incident? */
export function weighFeedback({ id }: Change, feedback: Feedback | undefined): Finding | undefined {
  if (feedback === undefined) return undefined
  const { verdict, suspect_id, author, at } = feedback
  const who = author === null ? 'somebody' : sayName(author)
  const data = { author, at }
  if (isNamed(id, feedback))
    return { evidence: toEvidence('feedback', LOG_ODDS, { text: `${who} says that this did it`, data }) }
  if (verdict !== 'wrong' || suspect_id !== id) return undefined
  return { evidence: toEvidence('feedback', -LOG_ODDS, { text: `${who} says that this did not do it`, data }) }
}

/** Whether a person says that this change did it. */
export function isNamed(changeId: string, feedback: Feedback | undefined): boolean {
  if (feedback === undefined) return false
  return feedback.change_id === changeId || (feedback.verdict === 'right' && feedback.suspect_id === changeId)
}
