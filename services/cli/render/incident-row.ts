import type { Incident } from '../../../shared/domain/incident.ts'
import { causeTitle, normalWords, rankCauses, whatFails, whenItFailed } from '../../../shared/faces/incident-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { probabilityPercent } from '../../../shared/faces/words.ts'
import type { Page } from './incident-block.ts'

const MARGIN = 2

/** One incident in a list: what and since when, then the likeliest cause and the id to ask for more by. */
export function renderIncidentRow(incident: Incident, { columns, paint }: Page): string[] {
  const [cause] = rankCauses(incident)
  const dot = paint(incident.resolvedAtMs === null ? 'broken' : 'quiet', '●')
  const what = `${visibleText(incident.service)} ${whatFails(incident)}${normalWords(incident)}`
  const blamed = cause === undefined ? '' : `${probabilityPercent(cause.probability)} ${causeTitle(cause)}`
  const when = whenItFailed(incident)
  return [
    `${dot} ${paint('strong', shorten(what, columns - MARGIN))}`,
    `  ${shorten(`${when}: ${blamed}`, columns - MARGIN)}`,
    `  ${paint('quiet', visibleText(incident.id))}`,
  ]
}
