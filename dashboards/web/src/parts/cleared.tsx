import type { Change } from '../../../../shared/domain/change.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { clearedChanges } from '../../../../shared/faces/incident-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { counted } from '../../../../shared/faces/words.ts'

const OPEN_MAX = 4
const SHOWN_MAX = 30

/** Every other change of the time, with the reason it is innocent. */
export function Cleared({ incident, changes }: { readonly incident: Incident; readonly changes: readonly Change[] }) {
  const cleared = clearedChanges({ incident, changes })
  if (cleared.length === 0) return null
  const hidden = cleared.length - SHOWN_MAX
  return (
    <section aria-labelledby="cleared">
      <h2 id="cleared">Ruled out</h2>
      <details open={cleared.length <= OPEN_MAX}>
        <summary>{`${counted(cleared.length, 'change')} in the same hours`}</summary>
        <ul class="plain">
          {cleared.slice(0, SHOWN_MAX).map((each) => (
            <li key={each.cleared.changeId}>{visibleText(each.cleared.text)}</li>
          ))}
        </ul>
        {hidden > 0 && <p class="key">{`and ${hidden} more`}</p>}
      </details>
    </section>
  )
}
