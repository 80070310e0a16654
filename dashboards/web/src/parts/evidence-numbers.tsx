import type { Evidence } from '../../../../shared/domain/incident.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'

interface EvidenceNumbersProps {
  readonly incidentId: string
  readonly evidence: Evidence & { readonly index: number }
}

const VALUES_MAX = 40

/** The numbers behind one sentence. */
export function EvidenceNumbers({ incidentId, evidence }: EvidenceNumbersProps) {
  return (
    <div class="numbers">
      <Values values={evidence.data} />
      <p class="key">
        weight {evidence.logOdds > 0 ? '+' : ''}
        {evidence.logOdds.toFixed(1)} ·{' '}
        <a href={`/api/v1/incidents/${encodeURIComponent(incidentId)}/evidence/${evidence.index}`}>as data</a>
      </p>
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
