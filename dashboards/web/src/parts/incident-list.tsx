import type { Incident } from '../../../../shared/domain/incident.ts'
import { verdict } from '../../../../shared/faces/verdict.ts'
import { Link } from '../router.tsx'
import { useBlameAt } from '../server/settings.ts'
import { headline, howLong } from '../words/incident-words.ts'
import { useNow } from '../words/use-now.ts'
import { Moment } from './moment.tsx'

/** Incidents as one line each. */
export function IncidentList({ incidents }: { readonly incidents: readonly Incident[] }) {
  const nowMs = useNow()
  const blameAt = useBlameAt()
  if (incidents.length === 0) return <p class="soft">None so far.</p>
  return (
    <ul class="contents">
      {incidents.map((incident) => (
        <li key={incident.id}>
          <Link to={`/incidents/${encodeURIComponent(incident.id)}`}>{headline(incident)}</Link>
          <span>
            <Moment atMs={incident.startedAtMs} nearMs={nowMs} form="minute" /> · {howLong(incident, nowMs)}
          </span>
          <span>{verdict({ incident, blameAt })}</span>
        </li>
      ))}
    </ul>
  )
}
