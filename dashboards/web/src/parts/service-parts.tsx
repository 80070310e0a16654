import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { count, percent } from '../../../../shared/faces/words.ts'
import type { ServiceDetail } from '../server/services.ts'
import { milliseconds } from '../words/traffic.ts'

const ROWS_MAX = 12

interface Part {
  readonly name: string
  readonly requests: number
  readonly errors: number
  readonly error_rate: number | null
  readonly latency?: { readonly p50: number; readonly p95: number } | null
}

/** The newest hour by route, version, region and status. */
export function ServiceParts({ service }: { readonly service: ServiceDetail }) {
  const routes = service.routes.map(({ method, route, ...part }) => ({ ...part, name: `${method} ${route}`.trim() }))
  const versions = service.versions.map(({ version, ...part }) => ({ ...part, name: version }))
  const regions = service.regions.map(({ region, ...part }) => ({ ...part, name: region }))
  return (
    <div class="columns">
      <Parts heading="Routes, last hour" parts={routes} />
      <div>
        <Parts heading="Versions" parts={versions.filter(({ name }) => name !== '')} />
        <Parts heading="Regions" parts={regions.filter(({ name }) => name !== '')} />
        <Statuses statuses={service.statuses} />
      </div>
    </div>
  )
}

function Parts({ heading, parts }: { readonly heading: string; readonly parts: readonly Part[] }) {
  if (parts.length === 0) return null
  const hidden = parts.length - ROWS_MAX
  const isTimed = parts.some(({ latency }) => latency != null)
  return (
    <section aria-label={heading}>
      <h2>{heading}</h2>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col" class="number">
              requests
            </th>
            <th scope="col" class="number">
              failing
            </th>
            {isTimed && (
              <th scope="col" class="number wide">
                half within
              </th>
            )}
            {isTimed && (
              <th scope="col" class="number">
                95 % within
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {parts.slice(0, ROWS_MAX).map(({ name, requests, error_rate, latency }) => (
            <tr key={name}>
              <td>{visibleText(name)}</td>
              <td class="number">{count(requests)}</td>
              <td class="number">{error_rate === null ? '' : percent(error_rate)}</td>
              {isTimed && <td class="number wide">{latency == null ? '' : milliseconds(latency.p50)}</td>}
              {isTimed && <td class="number">{latency == null ? '' : milliseconds(latency.p95)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && <p class="key">{`and ${hidden} more`}</p>}
    </section>
  )
}

function Statuses({ statuses }: { readonly statuses: Readonly<Record<string, number>> }) {
  const sorted = Object.entries(statuses).toSorted(([, a], [, b]) => b - a)
  const total = sorted.reduce((sum, [, times]) => sum + times, 0)
  if (total === 0) return null
  return (
    <section aria-label="Status codes">
      <h2>Status codes</h2>
      <table>
        <tbody>
          {sorted.slice(0, ROWS_MAX).map(([status, times]) => (
            <tr key={status}>
              <th scope="row">{status === '0' ? 'no status' : status}</th>
              <td class="number">{count(times)}</td>
              <td class="number">{percent(times / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
