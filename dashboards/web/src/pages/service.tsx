import { useEffect } from 'preact/hooks'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { percent } from '../../../../shared/faces/words.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { ChangesTable } from '../parts/changes-table.tsx'
import { DetectableTable } from '../parts/detectable-table.tsx'
import { IncidentList } from '../parts/incident-list.tsx'
import { RecordLine } from '../parts/record-line.tsx'
import { ServiceCharts } from '../parts/service-charts.tsx'
import { ServiceParts } from '../parts/service-parts.tsx'
import { Link } from '../router.tsx'
import { readIncidents } from '../server/answers.ts'
import { readJudgedChanges, readService, type ServiceDetail } from '../server/services.ts'
import { useAnswer } from '../server/use-answer.ts'
import { requestRateWords } from '../words/traffic.ts'

const EVERY_MS = 10_000

interface ServicePageProps {
  readonly name: string
  readonly env: string
}

/** One service: how it does, by its parts, what would be seen, and what happened to it. */
export function ServicePage({ name, env }: ServicePageProps) {
  const path = `/api/v1/services/${encodeURIComponent(name)}?env=${encodeURIComponent(env)}`
  const service = useAnswer(path, readService, { everyMs: EVERY_MS })
  useEffect(() => {
    document.title = `${visibleText(name)} · Culprit`
  }, [name])
  return (
    <>
      <p class="kicker">
        {visibleText(env)} · <Link to="/">all services</Link>
      </p>
      <h1>{visibleText(name)}</h1>
      <AnswerState answer={service} of="service">
        {(known) => <Known service={known} />}
      </AnswerState>
    </>
  )
}

function Known({ service }: { readonly service: ServiceDetail }) {
  const { name, env } = service
  const of = `service=${encodeURIComponent(name)}&env=${encodeURIComponent(env)}`
  const changes = useAnswer(`/api/v1/changes?${of}&limit=20`, readJudgedChanges)
  const incidents = useAnswer(`/api/v1/incidents?${of}&limit=20`, readIncidents)
  const known = changes.kind === 'ready' ? changes.value.changes : []
  return (
    <>
      <p class="standfirst">{howItDoes(service)}</p>
      <ServiceCharts name={name} env={env} changes={known.map(({ change }) => change)} />
      <ServiceParts service={service} />
      <DetectableTable detectable={service.detectable} />
      {known.length > 0 && (
        <section aria-labelledby="changes">
          <h2 id="changes">Changes</h2>
          <RecordLine record={service.record} />
          <ChangesTable changes={known} />
        </section>
      )}
      <section aria-labelledby="incidents">
        <h2 id="incidents">Incidents</h2>
        <AnswerState answer={incidents} of="incidents">
          {(list) => <IncidentList incidents={list} />}
        </AnswerState>
      </section>
    </>
  )
}

function howItDoes({ requests_per_second, error_rate, normal_error_rate }: ServiceDetail): string {
  const failing = error_rate === null ? 'no request in five minutes' : `${percent(error_rate)} failing`
  const normal = normal_error_rate === null ? 'what is normal is not known yet' : `normal ${percent(normal_error_rate)}`
  return `${requestRateWords(requests_per_second)} · ${failing} · ${normal}`
}
