import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { counted } from '../../../../shared/faces/words.ts'
import { Moment } from '../parts/moment.tsx'
import type { JudgedChange, ServiceSummary } from '../server/services.ts'
import { requestRateWords } from '../words/traffic.ts'

const NAMED = 8

interface ConnectedProps {
  readonly services: readonly ServiceSummary[]
  readonly changes: readonly JudgedChange[]
}

/** Who sends access logs, and who tells of changes. */
export function Connected({ services, changes }: ConnectedProps) {
  const perSecond = services.reduce((sum, service) => sum + service.requests_per_second, 0)
  const names = services.slice(0, NAMED).map(({ name }) => visibleText(name))
  const more = services.length > NAMED ? ` and ${services.length - NAMED} more` : ''
  return (
    <dl class="facts">
      <div class={services.length === 0 ? 'warn' : ''}>
        <dt>Access logs</dt>
        <dd>
          {services.length === 0
            ? 'no request within a day'
            : `${requestRateWords(perSecond)} of ${counted(services.length, 'service')}: ${names.join(', ')}${more}`}
        </dd>
      </div>
      {changes.length === 0 && (
        <div class="warn">
          <dt>Changes</dt>
          <dd>none heard of yet</dd>
        </div>
      )}
      {sourcesOf(changes).map(({ source, times, lastMs }) => (
        <div key={source}>
          <dt>Changes, {visibleText(source)}</dt>
          <dd>
            {`${counted(times, 'change')}, the last `}
            <Moment atMs={lastMs} form="minute" />
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface ChangeSource {
  readonly source: string
  readonly times: number
  readonly lastMs: number
}

function sourcesOf(changes: readonly JudgedChange[]): ChangeSource[] {
  const sources = new Map<string, ChangeSource>()
  for (const { change } of changes) {
    const source = change.source ?? 'sent by hand'
    const before = sources.get(source)
    sources.set(source, {
      source,
      times: (before?.times ?? 0) + 1,
      lastMs: Math.max(before?.lastMs ?? 0, change.startedAtMs),
    })
  }
  return [...sources.values()].toSorted((a, b) => b.times - a.times)
}
