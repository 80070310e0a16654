import { useEffect } from 'preact/hooks'
import { ChangeTest } from '../setup/change-test.tsx'
import { Health } from '../setup/health.tsx'
import { Silences } from '../setup/silences.tsx'
import { SnippetChoice } from '../setup/snippet-choice.tsx'
import { CHANGE_SNIPPETS, LOG_SNIPPETS } from '../setup/snippets.ts'
import { Webhooks } from '../setup/webhooks.tsx'

/** What is connected, and how to connect more. */
export function SetupPage() {
  useEffect(() => {
    document.title = 'Set-up · Culprit'
  }, [])
  return (
    <>
      <h1>Set-up</h1>
      <div class="columns setup">
        <div>
          <section aria-labelledby="logs">
            <h2 id="logs">Send access logs</h2>
            <SnippetChoice label="What ships the log" snippets={LOG_SNIPPETS} />
          </section>
          <section aria-labelledby="tell">
            <h2 id="tell">Tell of changes</h2>
            <SnippetChoice label="What makes changes" snippets={CHANGE_SNIPPETS} />
            <ChangeTest />
          </section>
          <Webhooks />
        </div>
        <div>
          <Health />
          <Silences />
        </div>
      </div>
    </>
  )
}
