import { z } from 'zod'
import { changeWireSchema } from '../../../shared/domain/change-wire.ts'
import { CHANGE_VERDICTS } from './judge-change.ts'

const countsSchema = z.object({
  requests: z.number(),
  errors: z.number(),
  error_rate: z.number().nullable().describe('null without requests.'),
})

export const outcomeSchema = z
  .object({
    verdict: z
      .enum(CHANGE_VERDICTS)
      .describe(
        'guilty: an incident blames it. undetermined: it is suspected, or the rate rose and nothing is blamed, or it is too early to tell.',
      ),
    incident_id: z.string().nullable().describe('The incident that holds it likeliest to be the cause.'),
    probability: z.number().nullable(),
    before: countsSchema.describe('The half hour before it began.'),
    after: countsSchema.describe('The half hour since it is in effect.'),
  })
  .meta({ id: 'ChangeOutcome' })

/** A change as it is answered: as it was told, and how it turned out. */
export const changeViewSchema = changeWireSchema.extend({ outcome: outcomeSchema }).meta({ id: 'Change' })
