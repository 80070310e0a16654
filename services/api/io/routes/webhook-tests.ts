import { z } from 'zod'
import { changeWireSchema } from '../../../../shared/domain/change-wire.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import { settingName } from '../../core/webhooks/map-changes.ts'
import { sampleDelivery } from '../../core/webhooks/samples.ts'
import { SENDERS } from '../../core/webhooks/table.ts'
import { accessOf, type WebhooksConfig } from '../webhooks/sender-access.ts'
import { signDelivery } from '../webhooks/sign-delivery.ts'
import { describeProofs } from '../webhooks/verify-proof.ts'
import { receiptSchema } from './webhooks.ts'

export interface WebhookTestsDeps {
  readonly nowMs: () => number
}

const senderSchema = z.object({
  name: z.string().describe('The end of its path, `/webhooks/{name}`.'),
  proof: z.string().describe('What its deliveries have to bear.'),
  secret: z.string().describe('The setting that names the file with its secret.'),
  state: z
    .enum(['ready', 'open', 'closed'])
    .describe('With a secret; without one, and taken; without one, and refused.'),
})

const testSchema = z.object({
  outcome: z.enum(['recorded', 'ignored', 'refused']).describe('What would come of it.'),
  because: z.string().nullable().describe('Why it would be ignored or refused.'),
  changes: z.array(changeWireSchema).describe('What would be recorded.'),
})

const problemSchema = z.object({ detail: z.string() })

/**
 * `GET /api/v1/webhooks`, who can send and what is missing, and `POST /api/v1/webhooks/{sender}/test`: a delivery as that
 * sender sends it, signed with its secret, is sent to this server itself as a dry run.
 */
export function webhookTestsRoutes({ nowMs }: WebhookTestsDeps, config: WebhooksConfig): HttpRoutes {
  return async (server) => {
    server.get(
      '/api/v1/webhooks',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Who can send webhooks, and whether it would be believed',
          tags: ['webhooks'],
          response: { 200: z.object({ items: z.array(senderSchema) }) },
        },
      },
      async () => ({
        items: SENDERS.map((sender) => {
          const { secrets, allowUnsigned } = accessOf(sender, config)
          const unsigned = allowUnsigned ? ('open' as const) : ('closed' as const)
          return {
            name: sender.name,
            proof: describeProofs(sender.proofs),
            secret: `webhooks.${settingName(sender.name)}.secret_file`,
            state: secrets.length > 0 ? ('ready' as const) : unsigned,
          }
        }),
      }),
    )
    server.post(
      '/api/v1/webhooks/:sender/test',
      {
        config: { scope: 'operate' },
        schema: {
          summary: 'What would come of a delivery of this sender',
          description:
            'A sample, signed with the secret that is set, goes the way of every delivery. Nothing comes of it.',
          tags: ['webhooks'],
          params: z.object({ sender: z.string() }),
          response: { 200: testSchema },
        },
      },
      async (request) => {
        const sender = SENDERS.find(({ name }) => name === request.params.sender)
        const sample = sampleDelivery(request.params.sender, nowMs())
        if (sender === undefined || sample === undefined)
          throw new HttpError('not_found', `no such sender: there are ${SENDERS.map(({ name }) => name).join(', ')}`)
        const [secret] = accessOf(sender, config).secrets
        const signed =
          secret === undefined
            ? { headers: sample.headers, payload: JSON.stringify(sample.body) }
            : signDelivery(sample, sender, { secret, nowMs: nowMs() })
        const answer = await server.inject({
          ...{ method: 'POST', url: `/webhooks/${sender.name}?dry_run=true` },
          ...{ headers: { ...signed.headers }, payload: signed.payload },
        })
        if (answer.statusCode !== 202) {
          const { detail } = problemSchema.parse(answer.json())
          return { outcome: 'refused' as const, because: detail, changes: [] }
        }
        const { changes = [], ignored = null } = receiptSchema.parse(answer.json())
        return { outcome: ignored === null ? ('recorded' as const) : ('ignored' as const), because: ignored, changes }
      },
    )
  }
}
