import { useEffect } from 'preact/hooks'
import { CopyButton } from '../parts/copy-button.tsx'
import { ChangeTest } from '../setup/change-test.tsx'
import { Health } from '../setup/health.tsx'
import { Silences } from '../setup/silences.tsx'
import { SnippetChoice } from '../setup/snippet-choice.tsx'
import { CHANGE_SNIPPETS, LOG_SNIPPETS, WEBHOOKS } from '../setup/snippets.ts'

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

function Webhooks() {
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <p class="soft">
        Put the address and a secret into the sender’s settings, and the same secret into this server’s configuration.
      </p>
      <table class="webhooks">
        <tbody>
          {WEBHOOKS.map(({ path, name }) => {
            const address = `${location.origin}/webhooks/${path}`
            return (
              <tr key={path}>
                <th scope="row">{name}</th>
                <td>
                  <code>{address}</code>
                </td>
                <td class="number">
                  <CopyButton text={address} what={`the address for ${name}`} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
