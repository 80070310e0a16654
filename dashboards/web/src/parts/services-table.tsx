import { changeName } from '../../../../shared/faces/change-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { percent } from '../../../../shared/faces/words.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { Link } from '../router.tsx'
import type { JudgedChange, ServiceSummary } from '../server/services.ts'
import { verdictWord } from '../words/change-outcome.ts'
import { shares } from '../words/shares.ts'
import { requestRate } from '../words/traffic.ts'
import { Moment } from './moment.tsx'
import { Scrollable } from './scrollable.tsx'

const ROWS_MAX = 200

/** Every service in one quiet table. */
export function ServicesTable({ services }: { readonly services: readonly ServiceSummary[] }) {
  const envs = new Set(services.map(({ env }) => env))
  const hidden = services.length - ROWS_MAX
  return (
    <>
      <Scrollable label="Services">
        <table class="services">
          <thead>
            <tr>
              <th scope="col">service</th>
              <th scope="col" class="number">
                requests
              </th>
              <th scope="col" class="number">
                failing
              </th>
              <th scope="col" class="number wide">
                normal
              </th>
              <th scope="col" class="wide">
                last hour
              </th>
              <th scope="col" class="last">
                last change
              </th>
            </tr>
          </thead>
          <tbody>
            {services.slice(0, ROWS_MAX).map((service) => (
              <Row key={`${service.env} ${service.name}`} service={service} hasEnvs={envs.size > 1} />
            ))}
          </tbody>
        </table>
      </Scrollable>
      {hidden > 0 && <p class="key">{`and ${hidden} more`}</p>}
    </>
  )
}

function Row({ service, hasEnvs }: { readonly service: ServiceSummary; readonly hasEnvs: boolean }) {
  const { name, env, error_rate, normal_error_rate, sparkline, last_change } = service
  const isBroken = service.incidents.length > 0
  return (
    <tr>
      <th scope="row">
        <Link to={servicePath(name, env)}>{visibleText(name)}</Link>
        {hasEnvs && <span class="soft"> {visibleText(env)}</span>}
      </th>
      <td class="number">{requestRate(service.requests_per_second)}</td>
      <td class={isBroken ? 'number bad' : 'number'}>{error_rate === null ? 'no requests' : percent(error_rate)}</td>
      <td class="number wide soft">{normal_error_rate === null ? 'not known yet' : percent(normal_error_rate)}</td>
      <td class="wide">
        <Sparkline values={shares(sparkline)} normal={normal_error_rate} isBroken={isBroken} />
      </td>
      <td class="last">{last_change !== null && <LastChange last={last_change} service={name} />}</td>
    </tr>
  )
}

function LastChange({ last: { change, outcome }, service }: { readonly last: JudgedChange; readonly service: string }) {
  return (
    <>
      <span class="change">{changeName(change, service)}</span>{' '}
      <span class="soft">
        <Moment atMs={change.startedAtMs} form="minute" />
        {outcome !== undefined && ` · ${verdictWord(outcome)}`}
      </span>
    </>
  )
}

export function servicePath(name: string, env: string): string {
  return `/services/${encodeURIComponent(name)}${env === 'prod' ? '' : `?env=${encodeURIComponent(env)}`}`
}
