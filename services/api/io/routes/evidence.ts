import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { EvidenceKind } from '../../../../shared/domain/incident.ts'
import { type IncidentDocument, incidentDocumentSchema } from '../../../../shared/domain/incident-wire.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { QueryParameter, Store } from '../../../../shared/store/store.ts'
import { findAgain, listEvidence } from '../../core/list-evidence.ts'

export interface EvidenceRoutesDeps {
  readonly query: Store['query']
  /** Judges an incident once more from what the store holds now. */
  readonly recompute: (incident: IncidentDocument) => Promise<{
    readonly incident: IncidentDocument | undefined
    readonly queriesOf: (
      kind: EvidenceKind,
    ) => readonly { readonly sql: string; readonly parameters: Readonly<Record<string, QueryParameter>> }[]
  }>
}

const row = z
  .object({ document: z.string() })
  .transform(({ document }) => incidentDocumentSchema.parse(JSON.parse(document)))

const numbers = {
  text: z.string(),
  log_odds: z.number().describe('For what it speaks of, nats.'),
  data: z.record(z.string(), z.unknown()),
}
const answerSchema = z.object({
  incident_id: z.string(),
  n: z.number(),
  of: z.record(z.string(), z.string()).describe('The change_id or the cause that it speaks of.'),
  kind: z.string(),
  ...numbers,
  recomputed: z
    .object(numbers)
    .nullable()
    .describe('The same from the store as it is now; null: it says nothing of it.'),
  same: z.boolean().describe('Whether both have the same numbers.'),
  queries: z
    .array(
      z.object({
        from: z.iso.datetime().nullable(),
        to: z.iso.datetime().nullable(),
        sql: z.string(),
        parameters: z.record(z.string(), z.unknown()),
      }),
    )
    .describe('What was asked of the store: the window, the statement and the values in it.'),
})

/** `GET /api/v1/incidents/{id}/evidence/{n}`: the numbers behind one sentence, computed again from the store. */
export function evidenceRoutes({ query, recompute }: EvidenceRoutesDeps): HttpRoutes {
  return async (server) => {
    server.get(
      '/api/v1/incidents/:id/evidence/:n',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'The numbers behind one sentence of evidence, computed again from the store',
          description:
            "Sentences are numbered from 0: the suspects' first, then the other causes', as the incident has them.",
          tags: ['incidents'],
          params: z.object({ id: z.string(), n: z.coerce.number().int().min(0) }),
          response: { 200: answerSchema },
        },
      },
      async ({ params: { id, n } }) => {
        const found = 'SELECT document FROM incidents FINAL WHERE id = {id:String} SETTINGS max_threads = 1'
        const [incident] = await query(row, found, { id })
        if (incident === undefined) throw new HttpError('no_incident', `no incident has the id ${id.slice(0, 100)}`)
        const sentences = listEvidence(incident)
        const sentence = sentences[n]
        if (sentence === undefined)
          throw new HttpError('no_evidence', `it has ${sentences.length} sentences of evidence, from 0 on`)
        const again = await recompute(incident)
        const now = again.incident === undefined ? undefined : findAgain(sentence, listEvidence(again.incident))
        return {
          incident_id: id,
          ...sentence,
          recomputed: now === undefined ? null : { text: now.text, log_odds: now.log_odds, data: now.data },
          same: isDeepStrictEqual(now?.data, sentence.data),
          queries: again.queriesOf(sentence.kind).map(({ sql, parameters }) => {
            return { from: toTime(parameters['from']), to: toTime(parameters['to']), sql, parameters }
          }),
        }
      },
    )
  }
}

/** Epochs of this millennium in seconds are smaller than this, in milliseconds larger. */
const SECONDS_MAX = 1e11

function toTime(value: QueryParameter | undefined): string | null {
  if (typeof value !== 'number') return null
  return new Date(value < SECONDS_MAX ? value * 1000 : value).toISOString()
}
