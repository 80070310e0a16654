import { z } from 'zod'
import type { Evidence } from '../../../../shared/domain/incident.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { useAnswer } from '../server/use-answer.ts'
import { AnswerState } from './answer-state.tsx'

interface EvidenceNumbersProps {
  readonly incidentId: string
  readonly evidence: Evidence & { readonly index: number }
}

const VALUES_MAX = 40

const recomputedSchema = z.object({
  same: z.boolean(),
  recomputed: z.object({ text: z.string(), data: z.record(z.string(), z.unknown()) }).nullable(),
  queries: z.array(z.object({ sql: z.string(), parameters: z.record(z.string(), z.unknown()) })),
})
const readRecomputed = (answer: unknown) => recomputedSchema.parse(answer)

/** The numbers behind one sentence, what they are when counted again now, and how they are counted. */
export function EvidenceNumbers({ incidentId, evidence }: EvidenceNumbersProps) {
  const path = `/api/v1/incidents/${encodeURIComponent(incidentId)}/evidence/${evidence.index}`
  const again = useAnswer(path, readRecomputed)
  const weight = `${evidence.logOdds > 0 ? '+' : ''}${evidence.logOdds.toFixed(1)}`
  return (
    <div class="numbers">
      <Values values={evidence.data} />
      <p class="key">Weight {weight}: above 0 it speaks for this, below against it.</p>
      <AnswerState answer={again} of="numbers of now">
        {({ same, recomputed, queries }) => (
          <>
            {same && <p class="key">Counted again now: the same.</p>}
            {!same && recomputed === null && (
              <p class="key">Counted again now: the store says nothing of it any more.</p>
            )}
            {!same && recomputed !== null && (
              <>
                <p class="key">Counted again now: {visibleText(recomputed.text)}</p>
                <Values values={recomputed.data} />
              </>
            )}
            <details>
              <summary>How it is counted</summary>
              {queries.map(({ sql, parameters }) => (
                <pre key={sql} class="query">
                  {sql}
                  {'\n\n'}
                  {visibleText(JSON.stringify(parameters))}
                </pre>
              ))}
            </details>
          </>
        )}
      </AnswerState>
    </div>
  )
}

function Values({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  return (
    <table>
      <tbody>
        {Object.entries(values)
          .slice(0, VALUES_MAX)
          .map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{visibleText(key).replaceAll('_', ' ')}</th>
              <td class="number">{valueText(value)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  )
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumFractionDigits: 4 })
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value))
}
