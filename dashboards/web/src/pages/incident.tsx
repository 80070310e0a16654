import { useEffect } from 'preact/hooks'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { howItStands, howSoonSeen, inNumbers, normalWords } from '../../../../shared/faces/incident-words.ts'
import { verdict } from '../../../../shared/faces/verdict.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { Advice } from '../parts/advice.tsx'
import { AnswerState } from '../parts/answer-state.tsx'
import { Causes } from '../parts/causes.tsx'
import { Cleared } from '../parts/cleared.tsx'
import { IncidentActions } from '../parts/incident-actions.tsx'
import { IncidentCharts } from '../parts/incident-charts.tsx'
import { Moment } from '../parts/moment.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { StatusMix, Where } from '../parts/where.tsx'
import { Link } from '../router.tsx'
import { type IncidentAnswer, readChanges, readOneIncident } from '../server/answers.ts'
import { useBlameAt } from '../server/settings.ts'
import { useAnswer } from '../server/use-answer.ts'
import { headline, howBad, howLong, isBroken } from '../words/incident-words.ts'
import { useNow } from '../words/use-now.ts'

/** One incident: what is broken, since when, how bad, which change, how sure, what to do, why, what was ruled out. */
export function IncidentPage({ id }: { readonly id: string }) {
  const answer = useAnswer(`/api/v1/incidents/${encodeURIComponent(id)}`, readOneIncident)
  return (
    <AnswerState answer={answer} of="incident" isPage>
      {(known) => <Article answer={known} />}
    </AnswerState>
  )
}

function Article({ answer }: { readonly answer: IncidentAnswer }) {
  const { incident } = answer
  const changes = useAnswer(changesPath(incident), readChanges)
  const nowMs = useNow()
  const blameAt = useBlameAt()
  useEffect(() => {
    document.title = `${isBroken(incident) ? '● ' : ''}${headline(incident)} · Culprit`
  }, [incident])
  const around = changesAround(incident, changes.kind === 'ready' ? changes.value : [])
  return (
    <article class="incident">
      <Kicker answer={answer} />
      <h1>
        {headline(incident)}
        <span>{normalWords(incident)}</span>
      </h1>
      <Standfirst incident={incident} nowMs={nowMs} />
      <p class="verdict">{verdict({ incident, blameAt })}</p>
      <IncidentActions answer={answer} />
      <div class="grid">
        <aside class="beside" aria-label="Causes and what to do">
          <Causes incident={incident} />
          <Advice incident={incident} />
          <Cleared incident={incident} changes={around} />
        </aside>
        <div>
          <IncidentCharts incident={incident} changes={around} />
          <Where incident={incident} />
          <StatusMix incident={incident} />
          <Timeline incident={incident} changes={around} said={answer.said} />
        </div>
      </div>
    </article>
  )
}

function Kicker({ answer: { incident, mergedInto, acknowledged } }: { readonly answer: IncidentAnswer }) {
  return (
    <p class="kicker">
      {visibleText(incident.env)} · {incident.severity} ·{' '}
      {isBroken(incident) ? <span class="open">not over</span> : 'over'}
      {acknowledged !== undefined && (
        <>
          {' · '}
          {acknowledged.by === null ? 'acknowledged' : `${visibleText(acknowledged.by)} is on it`}{' '}
          <Moment atMs={acknowledged.atMs} nearMs={incident.startedAtMs} form="minute" />
        </>
      )}
      {mergedInto !== undefined && (
        <>
          {' · '}
          <Link to={`/incidents/${encodeURIComponent(mergedInto)}`}>part of a larger incident</Link>
        </>
      )}
    </p>
  )
}

function Standfirst({ incident, nowMs }: { readonly incident: Incident; readonly nowMs: number }) {
  const { startedAtMs, resolvedAtMs, alreadyFailing } = incident
  const stands = howItStands({ incident, isLive: true })
  const numbers = inNumbers(incident)
  const facts = [
    howLong(incident, nowMs),
    ...howBad(incident),
    howSoonSeen(incident),
    ...(stands === undefined ? [] : [stands]),
    ...(numbers === undefined ? [] : [numbers]),
  ]
  return (
    <p class="standfirst">
      {resolvedAtMs === null ? 'Since ' : ''}
      {alreadyFailing ? 'before ' : ''}
      <Moment atMs={startedAtMs} nearMs={nowMs} />
      {resolvedAtMs !== null && (
        <>
          {' – '}
          <Moment atMs={resolvedAtMs} nearMs={startedAtMs} form="minute" />
        </>
      )}
      {facts.map((fact) => ` · ${fact}`)}
    </p>
  )
}

const AROUND_MS = 30 * 60_000

/** What is cleared may have begun long before. */
const BEFORE_MS = 6 * 60 * 60_000
const CHANGES_MAX = 200

/** The same as long as it lasts; what came since is in the next answer. */
function changesPath({ startedAtMs, resolvedAtMs }: Incident): string {
  const at = (ms: number) => new Date(ms).toISOString()
  const query = new URLSearchParams({ from: at(startedAtMs - BEFORE_MS), limit: String(CHANGES_MAX) })
  if (resolvedAtMs !== null) query.set('to', at(resolvedAtMs + AROUND_MS))
  return `/api/v1/changes?${query}`
}

/** Those that the incident names, and those of its environment around the time. */
function changesAround(incident: Incident, changes: readonly Change[]): Change[] {
  const known = new Map(changes.map((change) => [change.id, change]))
  for (const { changeId, change } of incident.suspects) known.set(changeId, change)
  const named = new Set([...incident.suspects, ...incident.cleared].map(({ changeId }) => changeId))
  const fromMs = incident.startedAtMs - AROUND_MS
  const toMs = (incident.resolvedAtMs ?? incident.updatedAtMs) + AROUND_MS
  return [...known.values()].filter(
    ({ id, env, startedAtMs }) =>
      named.has(id) || (env === incident.env && startedAtMs >= fromMs && startedAtMs <= toMs),
  )
}
