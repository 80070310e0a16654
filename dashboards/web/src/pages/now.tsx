import { useEffect } from 'preact/hooks'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { normalWords } from '../../../../shared/faces/incident-words.ts'
import { verdict } from '../../../../shared/faces/verdict.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { counted } from '../../../../shared/faces/words.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { IncidentList } from '../parts/incident-list.tsx'
import { Moment } from '../parts/moment.tsx'
import { ServicesTable } from '../parts/services-table.tsx'
import { Link } from '../router.tsx'
import { readIncidents } from '../server/answers.ts'
import { readServices, type ServiceSummary } from '../server/services.ts'
import { useBlameAt } from '../server/settings.ts'
import { type Answer, useAnswer } from '../server/use-answer.ts'
import { headline, howBad, howLong } from '../words/incident-words.ts'
import { requestRateWords } from '../words/traffic.ts'
import { useNow } from '../words/use-now.ts'

const OVER_SHOWN = 8
/** Those that turned out to be part of another are among them. */
const OVER_ASKED = 20
const SILENT_NAMED = 4
const SERVICES_EVERY_MS = 10_000

/** What is broken now, then how everything else is. */
export function NowPage() {
  const open = useAnswer('/api/v1/incidents?state=open,acknowledged', readIncidents)
  const over = useAnswer(`/api/v1/incidents?state=resolved&limit=${OVER_ASKED}`, readIncidents)
  const services = useAnswer('/api/v1/services', readServices, { everyMs: SERVICES_EVERY_MS })
  return (
    <AnswerState answer={over.kind === 'loading' ? over : open} of="incidents" isPage>
      {(known) => <FrontPage open={known} over={over} services={services} />}
    </AnswerState>
  )
}

interface FrontPageProps {
  readonly open: readonly Incident[]
  readonly over: Answer<readonly Incident[]>
  readonly services: Answer<readonly ServiceSummary[]>
}

function FrontPage({ open, over, services }: FrontPageProps) {
  const nowMs = useNow()
  const past = over.kind === 'ready' ? over.value : []
  const isUnwatched = services.kind === 'ready' && services.value.length === 0
  useEffect(() => {
    document.title = open.length === 0 ? 'All quiet · Culprit' : `● ${open.length} open · Culprit`
  }, [open.length])
  return (
    <>
      {open.length === 0 ? (
        <Calm over={past} services={services.kind === 'ready' ? services.value : undefined} />
      ) : (
        <section aria-label="Open incidents">
          <h1 class="unseen">What is broken now</h1>
          {open.map((incident) => (
            <Story key={incident.id} incident={incident} nowMs={nowMs} />
          ))}
        </section>
      )}
      <section aria-labelledby="services">
        <h2 id="services" class={isUnwatched ? 'unseen' : ''}>
          Services
        </h2>
        <AnswerState answer={services} of="services">
          {(known) => (isUnwatched ? <NoServices /> : <ServicesTable services={known} />)}
        </AnswerState>
      </section>
      {(over.kind === 'failed' || past.length > 0) && (
        <section aria-labelledby="over">
          <h2 id="over">Over</h2>
          <AnswerState answer={over} of="incidents that are over">
            {(known) => <IncidentList incidents={known.slice(0, OVER_SHOWN)} />}
          </AnswerState>
        </section>
      )}
    </>
  )
}

function Story({ incident, nowMs }: { readonly incident: Incident; readonly nowMs: number }) {
  const facts = [howLong(incident, nowMs), ...howBad(incident)]
  const blameAt = useBlameAt()
  return (
    <article class="story">
      <h2>
        <Link to={`/incidents/${encodeURIComponent(incident.id)}`}>{headline(incident)}</Link>
        <span>{normalWords(incident)}</span>
      </h2>
      <p class="standfirst">
        Since <Moment atMs={incident.startedAtMs} nearMs={nowMs} />
        {facts.map((fact) => ` · ${fact}`)}
      </p>
      <p class="verdict">{verdict({ incident, blameAt })}</p>
    </article>
  )
}

interface CalmProps {
  readonly over: readonly Incident[]
  readonly services: readonly ServiceSummary[] | undefined
}

/** Nothing is broken: since when, what is watched, and what could not be seen. */
function Calm({ over, services }: CalmProps) {
  const lastEndMs = Math.max(...over.map(({ resolvedAtMs }) => resolvedAtMs ?? 0), 0)
  if (services?.length === 0) return <h1>Nothing is watched yet</h1>
  return (
    <section class="calm">
      <h1>All quiet</h1>
      <p class="verdict">
        Server errors are at their normal
        {lastEndMs > 0 && (
          <>
            {' '}
            since <Moment atMs={lastEndMs} form="minute" />
          </>
        )}
        .{services !== undefined && ` ${whatIsWatched(services)}`}
      </p>
    </section>
  )
}

function whatIsWatched(services: readonly ServiceSummary[]): string {
  const perSecond = services.reduce((sum, { requests_per_second }) => sum + requests_per_second, 0)
  const silent = services.filter(({ requests_per_second }) => requests_per_second === 0).map(({ name }) => name)
  const watched = `${counted(services.length, 'service')} watched, ${requestRateWords(perSecond)}.`
  if (silent.length === 0) return watched
  const names = silent.slice(0, SILENT_NAMED).map(visibleText).join(', ')
  const more = silent.length > SILENT_NAMED ? ` and ${silent.length - SILENT_NAMED} more` : ''
  return `${watched} Blind to ${names}${more}: no request in five minutes.`
}

function NoServices() {
  return (
    <p class="verdict">
      No request has come in within a day. <Link to="/setup">Connect what writes your access logs</Link>.
    </p>
  )
}
