import { count, duration } from '../../../../shared/faces/words.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { Moment } from '../parts/moment.tsx'
import { useAnswer } from '../server/use-answer.ts'
import { useNow } from '../words/use-now.ts'
import { type Metrics, readMetrics } from './metrics.ts'

const EVERY_MS = 10_000
/** The detector judges every ten seconds, some seconds late. */
const BEHIND_MS_MAX = 60_000

/** What came in, what was refused, and how far it has been judged. */
export function Health() {
  const metrics = useAnswer('/metrics', readMetrics, { everyMs: EVERY_MS })
  return (
    <section aria-labelledby="health">
      <h2 id="health">Health</h2>
      <AnswerState answer={metrics} of="numbers of the pipeline">
        {(known) => <Facts metrics={known} />}
      </AnswerState>
    </section>
  )
}

function Facts({ metrics }: { readonly metrics: Metrics }) {
  const nowMs = useNow()
  const { accepted, rejected, pending, failedTicks, judgedUntilMs } = metrics
  const isBehind = judgedUntilMs !== undefined && nowMs - judgedUntilMs > BEHIND_MS_MAX
  return (
    <>
      <dl class="facts">
        <Fact name="Requests taken" value={accepted} />
        <Fact name="Lines refused" value={rejected} isWarning={(rejected ?? 0) > 0} />
        <Fact name="Waiting to be stored" value={pending} />
        <Fact name="Failed rounds of detection" value={failedTicks} isWarning={(failedTicks ?? 0) > 0} />
        {judgedUntilMs !== undefined && judgedUntilMs > 0 && (
          <div class={isBehind ? 'warn' : ''}>
            <dt>Judged until</dt>
            <dd>
              <Moment atMs={judgedUntilMs} nearMs={nowMs} />
              {isBehind && `, ${duration(nowMs - judgedUntilMs)} behind`}
            </dd>
          </div>
        )}
      </dl>
      {(rejected ?? 0) > 0 && (
        <p class="soft">
          Every refused line is kept with its reason: culprit parse says of a log what it would make of it, and why not.
        </p>
      )}
    </>
  )
}

interface FactProps {
  readonly name: string
  readonly value: number | undefined
  readonly isWarning?: boolean
}

function Fact({ name, value, isWarning = false }: FactProps) {
  return (
    <div class={isWarning ? 'warn' : ''}>
      <dt>{name}</dt>
      <dd>{value === undefined ? 'not by this process' : count(value)}</dd>
    </div>
  )
}
