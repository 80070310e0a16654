import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Bus } from '../../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../../shared/bus/json-messages.ts'
import type { Command } from '../../../../shared/domain/command.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import { type HttpRoutes, takeJson } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'

export interface CommandsRoutesDeps {
  readonly query: Store['query']
  readonly publish: Bus['publish']
  readonly nowMs: () => number
}

const byWhomSchema = z.object({
  author: z.string().trim().min(1).max(200).nullish(),
  note: z.string().trim().max(2_000).nullish(),
})
const feedbackSchema = byWhomSchema
  .extend({ verdict: z.enum(['right', 'wrong']).nullish(), change_id: z.string().min(1).max(200).nullish() })
  .refine(({ verdict, change_id }) => verdict != null || change_id != null, {
    path: ['verdict'],
    error: 'say right or wrong, or name in change_id the change that did it',
  })

const suspectsRow = z
  .object({ document: z.string() })
  .transform(({ document }) =>
    z.object({ suspects: z.array(z.object({ change_id: z.string() })) }).parse(JSON.parse(document)),
  )

const receiptSchema = z.object({ accepted: z.number(), id: z.string().describe('Of the command.') })
const params = z.object({ id: z.string() })
const operate = { scope: 'operate' } as const

/** A body that is absent says nothing. */
const byWhomOrNobody = byWhomSchema.nullish().transform((said) => said ?? {})

/**
 * What people do to an incident or a change: `POST /api/v1/incidents/{id}/acknowledge`, `/resolve` and `/feedback`,
 * `DELETE /api/v1/changes/{id}`. Each answers 202 once it is safe, with the command's id; 404 for what nobody knows.
 */
export function commandsRoutes({ query, publish, nowMs }: CommandsRoutesDeps): HttpRoutes {
  const stamp = ({ author, note }: z.infer<typeof byWhomSchema>) => {
    return {
      id: `cmd_${randomUUID()}`,
      at: new Date(nowMs()).toISOString(),
      author: author ?? null,
      note: note || null,
    }
  }
  async function send(about: string, command: Command): Promise<{ accepted: number; id: string }> {
    await publish('commands', [toJsonMessage(about, command)])
    return { accepted: 1, id: command.id }
  }
  async function findIncident(id: string): Promise<z.infer<typeof suspectsRow>> {
    const [incident] = await query(suspectsRow, 'SELECT document FROM incidents FINAL WHERE id = {id:String}', { id })
    if (incident === undefined) throw new HttpError('no_incident', `no incident has the id ${id}`)
    return incident
  }
  async function findChange(id: string): Promise<void> {
    const known = "SELECT id FROM changes FINAL WHERE id = {id:String} AND status != 'deleted'"
    const [change] = await query(z.object({ id: z.string() }), known, { id })
    if (change === undefined) throw new HttpError('no_change', `no change has the id ${id}`)
  }

  return async (server) => {
    takeJson(server)
    for (const kind of ['acknowledge', 'resolve'] as const) {
      const summary = kind === 'acknowledge' ? 'Say that somebody is on it' : 'Say that it is over'
      const schema = { summary, tags: ['incidents'], params, body: byWhomOrNobody, response: { 202: receiptSchema } }
      server.post(`/api/v1/incidents/:id/${kind}`, { config: operate, schema }, async (request, reply) => {
        const { id } = request.params
        await findIncident(id)
        return reply.code(202).send(await send(id, { kind, ...stamp(request.body), incident_id: id }))
      })
    }
    const feedback = {
      summary: 'Say whether the first suspect did it, or which change did',
      tags: ['incidents'],
      params,
      body: feedbackSchema,
      response: { 202: receiptSchema },
    }
    server.post('/api/v1/incidents/:id/feedback', { config: operate, schema: feedback }, async (request, reply) => {
      const { id } = request.params
      const said = request.body
      const { suspects } = await findIncident(id)
      const suspect_id = suspects[0]?.change_id ?? null
      const other = said.change_id != null && said.change_id !== suspect_id ? said.change_id : null
      if (other !== null) await findChange(other)
      // Whoever names another change says with it that the first suspect is wrong.
      const verdict = other === null ? (said.verdict ?? 'right') : 'wrong'
      const command = {
        kind: 'feedback',
        ...stamp(said),
        incident_id: id,
        verdict,
        suspect_id,
        change_id: other,
      } as const
      return reply.code(202).send(await send(id, command))
    })
    const deletion = {
      summary: 'Take back a change that was sent by mistake',
      tags: ['changes'],
      params,
      body: byWhomOrNobody,
      response: { 202: receiptSchema },
    }
    server.delete('/api/v1/changes/:id', { config: operate, schema: deletion }, async (request, reply) => {
      const { id } = request.params
      await findChange(id)
      return reply.code(202).send(await send(id, { kind: 'delete_change', ...stamp(request.body), change_id: id }))
    })
  }
}
