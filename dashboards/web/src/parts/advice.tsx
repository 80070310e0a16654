import type { Incident } from '../../../../shared/domain/incident.ts'
import { outcome } from '../../../../shared/faces/incident-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { isBroken } from '../words/incident-words.ts'
import { CopyButton } from './copy-button.tsx'
import { OutsideLink } from './outside-link.tsx'

/** What to do, with what to mind, and what came of it. */
export function Advice({ incident }: { readonly incident: Incident }) {
  const { command, reason, cautions, changeId } = incident.recommendation
  const change = incident.suspects.find((suspect) => suspect.changeId === changeId)?.change
  const result = outcome(incident)
  return (
    <section class="advice" aria-labelledby="advice">
      <h2 id="advice">{isBroken(incident) ? 'Do this' : 'What to do'}</h2>
      {command !== null && (
        <div class="command">
          <pre>
            <code>{visibleText(command)}</code>
          </pre>
          <CopyButton text={command} what="the command" />
        </div>
      )}
      <p>{visibleText(reason)}</p>
      {change?.rollback?.url !== undefined && (
        <p>
          <OutsideLink url={change.rollback.url}>Where it is undone</OutsideLink>
        </p>
      )}
      {cautions.map((caution) => (
        <p key={caution} class="mind">
          {visibleText(caution)}
        </p>
      ))}
      {result !== undefined && (
        <p class={`outcome ${result.label}`}>
          <b>{result.label}:</b> {result.text}
        </p>
      )}
    </section>
  )
}
