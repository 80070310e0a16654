import { useState } from 'preact/hooks'
import { changeNameAndAuthor } from '../../../../shared/faces/change-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { useServer } from '../server/server.ts'
import { useAnswer } from '../server/use-answer.ts'
import { readSenders, readWebhookTest, type WebhookSender, type WebhookTest } from '../server/webhooks.ts'

/** As their makers write them; the others by the name in their address. */
const NAMES: Readonly<Record<string, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  argocd: 'Argo CD',
  flux: 'Flux',
  kubernetes: 'Kubernetes',
  jenkins: 'Jenkins',
  circleci: 'CircleCI',
  bitbucket: 'Bitbucket',
  buildkite: 'Buildkite',
  spinnaker: 'Spinnaker',
  terraform: 'Terraform',
  launchdarkly: 'LaunchDarkly',
  codedeploy: 'CodeDeploy',
  pagerduty: 'PagerDuty',
  sentry: 'Sentry',
  datadog: 'Datadog',
  grafana: 'Grafana',
  'azure-devops': 'Azure DevOps',
  cloudevents: 'CloudEvents',
  cdevents: 'CDEvents',
  standard: 'Anything else',
}
const SHOWN = 8

/** Where senders send to, whether they would be believed, and what would come of it. */
export function Webhooks() {
  const senders = useAnswer('/api/v1/webhooks', readSenders)
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <p class="soft">
        Put the address and a secret into the sender’s settings, and the same secret into this server’s configuration. A
        test sends what the sender would, signed with that secret; nothing is recorded.
      </p>
      <AnswerState answer={senders} of="senders">
        {(known) => <SenderList senders={known} />}
      </AnswerState>
    </section>
  )
}

function SenderList({ senders }: { readonly senders: readonly WebhookSender[] }) {
  const isReady = ({ state }: WebhookSender) => state === 'ready'
  const sorted = [...senders.filter(isReady), ...senders.filter((sender) => !isReady(sender))]
  const shown = Math.max(SHOWN, senders.filter(isReady).length)
  const list = (some: readonly WebhookSender[]) => (
    <ul class="senders">
      {some.map((sender) => (
        <SenderLine key={sender.name} sender={sender} />
      ))}
    </ul>
  )
  return (
    <>
      {senders.some(({ state }) => state === 'open') && (
        <p class="soft">
          Where no secret is set, what comes is taken as it is: this server listens to its own machine.
        </p>
      )}
      {list(sorted.slice(0, shown))}
      {sorted.length > shown && (
        <details>
          <summary>{`${sorted.length - shown} more senders`}</summary>
          {list(sorted.slice(shown))}
        </details>
      )}
    </>
  )
}

function SenderLine({ sender }: { readonly sender: WebhookSender }) {
  const server = useServer()
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  const name = NAMES[sender.name] ?? sender.name
  const path = `/webhooks/${sender.name}`
  const test = async () => {
    setBusy(true)
    try {
      const answer = await server.send('POST', `/api/v1/webhooks/${encodeURIComponent(sender.name)}/test`)
      setSaid(outcomeWords(readWebhookTest(answer)))
    } catch (error) {
      setSaid(`The test failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    setBusy(false)
  }
  return (
    <li>
      <b>{name}</b>
      <code>{path}</code>
      {sender.state === 'ready' && <span class="state">secret set</span>}
      {sender.state === 'closed' && <span class="state warn">{`refused until ${sender.secret} is set`}</span>}
      <span class="does">
        <CopyButton text={`${location.origin}${path}`} what={`the address for ${name}`} />
        <button type="button" class="copy" disabled={isBusy} aria-label={`Test ${name}`} onClick={() => void test()}>
          Test
        </button>
      </span>
      <span class="said" role="status">
        {said}
      </span>
    </li>
  )
}

function outcomeWords({ outcome, because, changes }: WebhookTest): string {
  const why = visibleText(because ?? '')
  switch (outcome) {
    case 'recorded':
      return `Would be recorded: ${changes.map((change) => `${changeNameAndAuthor(change, '')}, in ${visibleText(change.env)}`).join('; ')}.`
    case 'ignored':
      return `Would be ignored: ${why}.`
    case 'refused':
      return `Would be refused: ${why}.`
  }
}
