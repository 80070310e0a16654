import type { Change } from '../../../../shared/domain/change.ts'
import type { IncidentCommand } from '../../../../shared/domain/command.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { type Moment as Happening, listMoments } from '../../../../shared/faces/incident-moments.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { Moment } from './moment.tsx'

const SHOWN_MAX = 40

interface TimelineProps {
  readonly incident: Incident
  readonly changes: readonly Change[]
  readonly said: readonly IncidentCommand[]
}

/** What happened, and what people said, in order. */
export function Timeline({ incident, changes, said }: TimelineProps) {
  const moments = [...listMoments({ incident, changes }), ...said.map(toHappening)].toSorted((a, b) => a.atMs - b.atMs)
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        {moments.slice(0, SHOWN_MAX).map(({ atMs, text, tone }, index) => (
          <li key={index}>
            <Moment atMs={atMs} nearMs={incident.startedAtMs} />
            <span class={tone}>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function toHappening(command: IncidentCommand): Happening {
  const who = command.author === null ? 'somebody' : visibleText(command.author)
  const note = command.note === null ? '' : `: ${visibleText(command.note)}`
  return { atMs: Date.parse(command.at), text: `${who} ${whatWasSaid(command)}${note}`, tone: '' }
}

function whatWasSaid(command: IncidentCommand): string {
  switch (command.kind) {
    case 'acknowledge':
      return 'took it on'
    case 'resolve':
      return 'says it is over'
    case 'roll_back':
      return 'pressed Start rollback'
    case 'feedback':
      return command.verdict === 'right' ? 'says the suspect is right' : 'says the suspect is wrong'
  }
}
