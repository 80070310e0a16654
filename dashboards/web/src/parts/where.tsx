import type { Incident } from '../../../../shared/domain/incident.ts'
import { count, percent } from '../../../../shared/faces/words.ts'
import { failingShare, seriesName } from '../words/incident-words.ts'
import { Scrollable } from './scrollable.tsx'
import { ShareBar } from './share-bar.tsx'

const PLACES_SHOWN = 12
const STATUSES_SHOWN = 8

/** Where the errors are: by service, route, version and region. */
export function Where({ incident }: { readonly incident: Incident }) {
  const { affected, service, signal } = incident
  const isSlow = signal === 'latency'
  if (affected.length === 0) return null
  const hidden = affected.length - PLACES_SHOWN
  return (
    <section aria-labelledby="where">
      <h2 id="where">Where</h2>
      <Scrollable label="Where it fails">
        <table class="places">
          <thead>
            <tr>
              <th scope="col">{isSlow ? 'what is slow' : 'what fails'}</th>
              <th scope="col" class="number">
                {isSlow ? 'slow' : 'failing'}
              </th>
              <th scope="col" class="number">
                {isSlow ? 'slow requests' : 'errors'}
              </th>
              <th scope="col" class="number">
                of the excess
              </th>
            </tr>
          </thead>
          <tbody>
            {affected.slice(0, PLACES_SHOWN).map((series, index) => (
              <tr key={index}>
                <td>
                  {seriesName(series, service)}
                  <ShareBar share={series.shareOfExcess} tone="bad" />
                </td>
                <td class="number">{failingShare(series)}</td>
                <td class="number">{count(series.errors)}</td>
                <td class="number">{percent(series.shareOfExcess)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
      {hidden > 0 && <p class="key">{`and ${hidden} more`}</p>}
    </section>
  )
}

/** The status codes of the errors. */
export function StatusMix({ incident }: { readonly incident: Incident }) {
  const { statuses, errors, signal } = incident
  const sorted = Object.entries(statuses).toSorted(([, a], [, b]) => b - a)
  // Of slow requests a few fail for reasons of their own.
  if (sorted.length === 0 || signal === 'latency') return null
  return (
    <section aria-labelledby="statuses">
      <h2 id="statuses">Status codes</h2>
      <dl class="statuses">
        {sorted.slice(0, STATUSES_SHOWN).map(([status, times]) => (
          <div key={status}>
            <dt>{status}</dt>
            <dd>
              <ShareBar share={times / Math.max(1, errors)} tone="bad" />
              <span>{count(times)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
