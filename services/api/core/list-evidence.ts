import { z } from 'zod'
import { EVIDENCE_KINDS, type EvidenceKind } from '../../../shared/domain/incident.ts'
import type { IncidentDocument } from '../../../shared/domain/incident-wire.ts'

const evidenceSchema = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  log_odds: z.number(),
  text: z.string(),
  data: z.record(z.string(), z.unknown()),
})
const documentSchema = z.object({
  suspects: z.array(z.object({ change_id: z.string(), evidence: z.array(evidenceSchema) })),
  other_causes: z.array(z.object({ cause: z.string(), evidence: z.array(evidenceSchema) })),
})

export interface NumberedEvidence {
  readonly n: number
  /** The change or the other cause that it speaks of. */
  readonly of: { readonly change_id: string } | { readonly cause: string }
  readonly kind: EvidenceKind
  readonly log_odds: number
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Every sentence of evidence of an incident, numbered from 0: the suspects', then the other causes', as the document has them. */
export function listEvidence(document: IncidentDocument): readonly NumberedEvidence[] {
  const { suspects, other_causes } = documentSchema.parse(document)
  const sentences = [
    ...suspects.flatMap(({ change_id, evidence }) => evidence.map((said) => ({ of: { change_id }, ...said }))),
    ...other_causes.flatMap(({ cause, evidence }) => evidence.map((said) => ({ of: { cause }, ...said }))),
  ]
  return sentences.map((said, n) => ({ n, ...said }))
}

/** The sentence that says the same of the same, among those of the same incident judged again. */
export function findAgain(
  sentence: NumberedEvidence,
  again: readonly NumberedEvidence[],
): NumberedEvidence | undefined {
  const alike = again.filter(
    ({ of, kind }) => kind === sentence.kind && JSON.stringify(of) === JSON.stringify(sentence.of),
  )
  return alike.find(({ text }) => text === sentence.text) ?? alike[0]
}
