import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { CELL_MS } from '../../../../shared/domain/cell.ts'
import type { EvidenceKind } from '../../../../shared/domain/incident.ts'
import { type IncidentDocument, incidentDocumentSchema } from '../../../../shared/domain/incident-wire.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { QueryParameter, Store } from '../../../../shared/store/store.ts'
import { findAgain, listEvidence, type NumberedEvidence } from '../../core/list-evidence.ts'
import { HOUR_KEPT, keepAnswers } from '../keep-answers.ts'

type Asked = { readonly sql: string; readonly parameters: Readonly<Record<string, QueryParameter>> }

export interface EvidenceRoutesDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
  /** Judges an incident once more from what the store holds now. */
  readonly recompute: (incident: IncidentDocument) => Promise<{
    readonly incident: IncidentDocument | undefined
    readonly queriesOf: (kind: EvidenceKind) => readonly Asked[]
  }>
}

/** All sentences of an incident as it was told, and the incident judged once more. */
interface Judged {
  readonly sentences: readonly NumberedEvidence[]
  readonly again: Awaited<ReturnType<EvidenceRoutesDeps['recompute']>>
}

/** Of incidents; one is some tens of kilobytes. */
const JUDGED_MAX = 20

const row = z.object({ document: z.string() })

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
export function evidenceRoutes({ query, nowMs, recompute }: EvidenceRoutesDeps): HttpRoutes {
  const kept = { nowMs, answersMax: JUDGED_MAX }
  /** As long as an incident is told as it was, its other sentences cost nothing more. */
  const keepJudged = keepAnswers<Judged>({ ...HOUR_KEPT, ...kept })
  /** One that lasts is told anew with every cell: the sentence that was there a cell ago stands while it is judged anew. */
  const keepShown = keepAnswers<Judged>({ freshMs: 0, keptMs: CELL_MS, ...kept })
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
        const [told] = await query(row, found, { id })
        if (told === undefined) throw new HttpError('no_incident', `no incident has the id ${id.slice(0, 100)}`)
        const incident = incidentDocumentSchema.parse(JSON.parse(told.document))
        const sentences = listEvidence(incident)
        const asked = sentences[n]
        if (asked === undefined)
          throw new HttpError('no_evidence', `it has ${sentences.length} sentences of evidence, from 0 on`)
        const judge = () => keepJudged(told.document, async () => ({ sentences, again: await recompute(incident) }))
        const isOfIt = (judged: Judged) => isSameSentence(judged.sentences[n], asked)
        const shown = await keepShown(id, judge, isOfIt)
        const { again, sentences: known } = isOfIt(shown) ? shown : await judge()
        const sentence = known[n] ?? asked
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

function isSameSentence(one: NumberedEvidence | undefined, { kind, of }: NumberedEvidence): boolean {
  return one?.kind === kind && isDeepStrictEqual(one.of, of)
}

/** Epochs of this millennium in seconds are smaller than this, in milliseconds larger. */
const SECONDS_MAX = 1e11

function toTime(value: QueryParameter | undefined): string | null {
  if (typeof value !== 'number') return null
  return new Date(value < SECONDS_MAX ? value * 1000 : value).toISOString()
}
