import { changeName } from './change-words.ts'
import type { IncidentView } from './incident-view.ts'
import { onsetWords } from './incident-words.ts'
import { visibleText } from './visible-text.ts'

/** Something that happened, for a timeline. Epoch ms. */
export interface Moment {
  readonly atMs: number
  readonly text: string
  /** What it stands for: a change, the first errors, or nothing of its own. */
  readonly tone: 'change' | 'onset' | ''
}

/** What happened around an incident, in time order. */
export function listMoments({ incident, changes }: Pick<IncidentView, 'incident' | 'changes'>): Moment[] {
  const { service } = incident
  const began = changes.map(
    (change): Moment => ({
      atMs: change.startedAtMs,
      text: `${changeName(change, service)} began${change.author === undefined ? '' : `, by ${visibleText(change.author)}`}`,
      tone: 'change',
    }),
  )
  const finished = changes.flatMap((change): Moment[] =>
    change.finishedAtMs === undefined
      ? []
      : [{ atMs: change.finishedAtMs, text: `${changeName(change, service)} finished`, tone: 'change' }],
  )
  const own: Moment[] = [
    {
      atMs: incident.startedAtMs,
      text: incident.alreadyFailing
        ? 'the log begins, already failing'
        : `${onsetWords(incident)}${incident.signal === 'error_rate' ? ' above normal' : ''}`,
      tone: 'onset',
    },
    { atMs: incident.detectedAtMs, text: 'enough of them to say so', tone: '' },
    ...(incident.resolvedAtMs === null
      ? []
      : [{ atMs: incident.resolvedAtMs, text: 'back to normal', tone: '' as const }]),
  ]
  return [...began, ...finished, ...own].toSorted((a, b) => a.atMs - b.atMs)
}
