import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { count, counted, duration } from '../../../../shared/faces/words.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { Moment } from '../parts/moment.tsx'
import { type Reject, readRejects, readStatus, type Status } from '../server/status.ts'
import { useAnswer } from '../server/use-answer.ts'
import { requestRateWords } from '../words/traffic.ts'

const EVERY_MS = 10_000
/** The detector judges every ten seconds, some seconds late. */
const BEHIND_MS_MAX = 60_000
const REJECTS_SHOWN = 10

/** Who sends what, how far it has been judged, and what could not be read. */
export function Health() {
  const status = useAnswer('/api/v1/status', readStatus, { everyMs: EVERY_MS })
  const rejects = useAnswer('/api/v1/rejects', readRejects, { everyMs: EVERY_MS })
  return (
    <>
      <section aria-labelledby="connected">
        <h2 id="connected">Connected</h2>
        <AnswerState answer={status} of="connections">
          {(known) => <Connected status={known} />}
        </AnswerState>
      </section>
      <section aria-labelledby="health">
        <h2 id="health">Health</h2>
        <AnswerState answer={status} of="numbers of the pipeline">
          {(known) => <Pipeline status={known} />}
        </AnswerState>
      </section>
      {rejects.kind === 'ready' && rejects.value.length > 0 && <Rejects rejects={rejects.value} />}
    </>
  )
}

function Connected({ status }: { readonly status: Status }) {
  const isSilent = status.services === 0
  return (
    <dl class="facts">
      <div class={isSilent ? 'warn' : ''}>
        <dt>Access logs</dt>
        <dd>
          {isSilent
            ? 'no request within a day'
            : `${rateWords(status.requests_per_second)}, ${counted(status.services, 'service')}`}
        </dd>
      </div>
      {status.sources.length === 0 && (
        <div class="warn">
          <dt>Changes</dt>
          <dd>none heard of yet</dd>
        </div>
      )}
      {status.sources.map(({ source, changes, newest_at }) => (
        <div key={source}>
          <dt>{source === '' ? 'Changes, sent by hand' : `Changes, ${visibleText(source)}`}</dt>
          <dd>
            {counted(changes, 'change')}
            {newest_at !== null && (
              <>
                , the last <Moment atMs={newest_at} form="minute" />
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function rateWords(perSecond: number): string {
  return perSecond === 0 ? 'no request within a minute' : requestRateWords(perSecond)
}

function Pipeline({ status }: { readonly status: Status }) {
  const { newest_event_at, judged_until, judged_behind_s, history_read_until, rejected_lines } = status
  // Where nothing came there is nothing to judge, however late it is.
  const waitingMs = newest_event_at === null || judged_until === null ? 0 : newest_event_at - judged_until
  const behindMs = Math.min(waitingMs, (judged_behind_s ?? 0) * 1000)
  return (
    <dl class="facts">
      <div>
        <dt>Newest request</dt>
        <dd>{newest_event_at === null ? 'none so far' : <Moment atMs={newest_event_at} />}</dd>
      </div>
      {history_read_until === null ? (
        <div class={behindMs > BEHIND_MS_MAX ? 'warn' : ''}>
          <dt>Judged until</dt>
          <dd>
            {judged_until === null ? 'not yet' : <Moment atMs={judged_until} />}
            {behindMs > BEHIND_MS_MAX && `, ${duration(behindMs)} behind`}
          </dd>
        </div>
      ) : (
        <div class="warn">
          <dt>Detector</dt>
          <dd>
            starting: reading history, at <Moment atMs={history_read_until} form="minute" />
          </dd>
        </div>
      )}
      <div class={rejected_lines > 0 ? 'warn' : ''}>
        <dt>Lines not read, a day</dt>
        <dd>{count(rejected_lines)}</dd>
      </div>
    </dl>
  )
}

function Rejects({ rejects }: { readonly rejects: readonly Reject[] }) {
  return (
    <section aria-labelledby="rejects">
      <h2 id="rejects">What could not be read</h2>
      <ul class="plain">
        {rejects.slice(0, REJECTS_SHOWN).map(({ source, reason, lines, sample }) => (
          <li key={`${source} ${reason}`}>
            {`${counted(lines, 'line')} from ${visibleText(source)}: ${reason.replaceAll('-', ' ')}`}
            <pre class="query">{visibleText(sample.line)}</pre>
          </li>
        ))}
      </ul>
    </section>
  )
}
