import type { Change } from '../../../../shared/domain/change.ts'
import type { IncidentCommand } from '../../../../shared/domain/command.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { type Moment as Happening, listMoments } from '../../../../shared/faces/incident-moments.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { Moment } from './moment.tsx'

/** Those nearest to the first errors. */
const CHANGES_MAX = 30

interface TimelineProps {
  readonly incident: Incident
  readonly changes: readonly Change[]
  readonly said: readonly IncidentCommand[]
}

/** What happened, and what people said, in order. */
export function Timeline({ incident, changes, said }: TimelineProps) {
  const happened = listMoments({ incident, changes })
  const distance = ({ atMs }: Happening) => Math.abs(atMs - incident.startedAtMs)
  const changed = happened.filter(({ tone }) => tone === 'change').toSorted((a, b) => distance(a) - distance(b))
  const own = [...happened.filter(({ tone }) => tone !== 'change'), ...said.map(toHappening)]
  const moments = [...own, ...changed.slice(0, CHANGES_MAX)].toSorted((a, b) => a.atMs - b.atMs)
  const hidden = changed.length - CHANGES_MAX
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        {moments.map(({ atMs, text, tone }, index) => (
          <li key={index}>
            <Moment atMs={atMs} nearMs={incident.startedAtMs} />
            <span class={tone}>{text}</span>
          </li>
        ))}
      </ol>
      {hidden > 0 && <p class="key">{`and ${hidden} more of the changes, further from the first errors`}</p>}
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
