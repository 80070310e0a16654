import type { IncidentCommand } from '../../../shared/domain/command.ts'
import { clockMinute } from '../../../shared/faces/words.ts'
import { boundedName, boundedSentence } from './bounded-text.ts'
import { type RollbackAttempt, sayAttempt } from './rollback-attempt.ts'
import type { Silence } from './silence.ts'

/** Who did what about an incident, the newest of each kind; what came of its rollback; what is muted. */
export function peopleLines(
  said: readonly IncidentCommand[],
  { silence, rollback }: { readonly silence: Silence | undefined; readonly rollback: RollbackAttempt | undefined },
): string[] {
  // What came of a press says who pressed.
  const newest = new Map(said.filter(({ kind }) => kind !== 'roll_back').map((command) => [command.kind, command]))
  return [
    ...[...newest.values()].map(sayCommand),
    ...(rollback === undefined ? [] : [boundedSentence(sayAttempt(rollback))]),
    ...(silence === undefined ? [] : [saySilence(silence)]),
  ]
}

function sayCommand(command: IncidentCommand): string {
  const who = command.author === null ? 'somebody' : boundedName(command.author)
  return `${who} ${sayDoing(command)} at ${clockMinute(Date.parse(command.at))} UTC`
}

function sayDoing(command: IncidentCommand): string {
  switch (command.kind) {
    case 'acknowledge':
      return 'acknowledged it'
    case 'resolve':
      return 'resolved it'
    case 'roll_back':
      return 'pressed Start rollback'
    case 'feedback':
      return command.verdict === 'right' ? 'called the suspect right' : 'called the suspect wrong'
  }
}

function saySilence({ author, note, endsAtMs }: Silence): string {
  const by = author === null ? '' : ` by ${boundedName(author)}`
  const why = note === null || note === '' ? '' : ` (${boundedName(note)})`
  return `muted${by} until ${clockMinute(endsAtMs)} UTC${why}`
}
