import type { IncidentView } from './incident-view.ts'
import { besideOnset, type CauseWords, rankCauses } from './incident-words.ts'
import { probabilityPercent, probabilityWord } from './words.ts'

/** Below this a cause is no rival of the likeliest. */
const RIVAL = 0.1

/** The answer in one sentence. */
export function verdict({ incident, blameAt }: Pick<IncidentView, 'incident' | 'blameAt'>): string {
  const ranked = rankCauses(incident)
  const [first] = ranked
  if (first === undefined) return 'We do not know what did it.'
  if (first.probability < blameAt) return rivals(ranked)
  const word = capital(probabilityWord(first.probability))
  const change = incident.suspects.find(({ changeId }) => changeId === first.changeId)?.change
  if (change === undefined) return `${word}: ${first.name}.`
  return `${word}: ${first.name}, ${besideOnset(change.startedAtMs, incident)}.`
}

/** Nothing stands out: the likeliest that can be named. */
function rivals(ranked: readonly CauseWords[]): string {
  const named = ranked.filter(({ cause, probability }) => cause !== 'unknown' && probability >= RIVAL).slice(0, 2)
  if (named.length === 0) return 'We do not know what did it: no change explains it.'
  const list = named.map(({ name, probability }) => `${name} (${probabilityPercent(probability)})`)
  return `We can't tell yet: possibly ${list.join(' or ')}.`
}

/** With its first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
