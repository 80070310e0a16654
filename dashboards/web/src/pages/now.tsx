import { useEffect } from 'preact/hooks'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { verdict } from '../../../../shared/faces/verdict.ts'
import { percent } from '../../../../shared/faces/words.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { Moment } from '../parts/moment.tsx'
import { Link } from '../router.tsx'
import { readIncidents } from '../server/answers.ts'
import { useAnswer } from '../server/use-answer.ts'
import { BLAME_AT, headline, howBad, howLong, isBroken } from '../words/incident-words.ts'
import { useNow } from '../words/use-now.ts'

const OVER_SHOWN = 8

/** What is broken now, then how everything else is. */
export function NowPage() {
  const incidents = useAnswer('/api/v1/incidents', readIncidents)
  return (
    <AnswerState answer={incidents} of="incidents">
      {(known) => <FrontPage incidents={known} />}
    </AnswerState>
  )
}

function FrontPage({ incidents }: { readonly incidents: readonly Incident[] }) {
  const nowMs = useNow()
  const open = incidents.filter(isBroken)
  const over = incidents.filter((incident) => !isBroken(incident))
  useEffect(() => {
    document.title = open.length === 0 ? 'All quiet · Culprit' : `● ${open.length} open · Culprit`
  }, [open.length])
  return (
    <>
      {open.length === 0 ? (
        <Calm over={over} />
      ) : (
        <section aria-label="Open incidents">
          <h1 class="unseen">What is broken now</h1>
          {open.map((incident) => (
            <Story key={incident.id} incident={incident} nowMs={nowMs} />
          ))}
        </section>
      )}
      {over.length > 0 && <Over incidents={over.slice(0, OVER_SHOWN)} nowMs={nowMs} />}
    </>
  )
}

function Story({ incident, nowMs }: { readonly incident: Incident; readonly nowMs: number }) {
  const facts = [howLong(incident, nowMs), ...howBad(incident)]
  return (
    <article class="story">
      <h2>
        <Link to={`/incidents/${encodeURIComponent(incident.id)}`}>{headline(incident)}</Link>{' '}
        {incident.signal === 'error_rate' && <span>(normal {percent(incident.baselineRate)})</span>}
      </h2>
      <p class="standfirst">
        Since <Moment atMs={incident.startedAtMs} nearMs={nowMs} />
        {facts.map((fact) => ` · ${fact}`)}
      </p>
      <p class="verdict">{verdict({ incident, blameAt: BLAME_AT })}</p>
    </article>
  )
}

function Calm({ over }: { readonly over: readonly Incident[] }) {
  const lastEndMs = Math.max(...over.map(({ resolvedAtMs }) => resolvedAtMs ?? 0), 0)
  return (
    <section class="calm">
      <h1>All quiet</h1>
      <p class="verdict">
        {lastEndMs === 0 ? (
          'Server errors are at their normal.'
        ) : (
          <>
            Server errors are at their normal since <Moment atMs={lastEndMs} form="minute" />.
          </>
        )}
      </p>
    </section>
  )
}

function Over({ incidents, nowMs }: { readonly incidents: readonly Incident[]; readonly nowMs: number }) {
  return (
    <section aria-labelledby="over">
      <h2 id="over">Over</h2>
      <ul class="contents">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <Link to={`/incidents/${encodeURIComponent(incident.id)}`}>{headline(incident)}</Link>
            <span>
              <Moment atMs={incident.startedAtMs} nearMs={nowMs} form="minute" /> · {howLong(incident, nowMs)}
            </span>
            <span>{verdict({ incident, blameAt: BLAME_AT })}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
