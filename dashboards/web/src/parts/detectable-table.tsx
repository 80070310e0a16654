import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { duration, percent } from '../../../../shared/faces/words.ts'
import type { Detectable } from '../server/services.ts'
import { requestRate } from '../words/traffic.ts'
import { Scrollable } from './scrollable.tsx'

const ROWS_MAX = 20

/** What rise would be seen, and how soon, at the present traffic. */
export function DetectableTable({ detectable }: { readonly detectable: readonly Detectable[] }) {
  const [first] = detectable
  if (first === undefined) return null
  return (
    <section aria-labelledby="detectable">
      <h2 id="detectable">What would be seen</h2>
      <p class="soft">The least share of requests that must fail to be seen within the time, at the present traffic.</p>
      <Scrollable label="What would be seen, by route">
        <table>
          <thead>
            <tr>
              <th scope="col">route</th>
              <th scope="col" class="number wide">
                requests
              </th>
              {first.rises.map(({ within_s }) => (
                <th key={within_s} scope="col" class="number">{`in ${duration(within_s * 1000)}`}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {detectable.slice(0, ROWS_MAX).map((each) => (
              <tr key={`${each.method} ${each.route}`}>
                <td>{each.route === null ? 'the whole service' : visibleText(`${each.method ?? ''} ${each.route}`)}</td>
                <td class="number wide">{requestRate(each.requests_per_second)}</td>
                {each.rises.map(({ within_s, error_rate }) => (
                  <td key={within_s} class={error_rate === null ? 'number soft' : 'number'}>
                    {error_rate === null ? 'blind' : percent(error_rate)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  )
}
