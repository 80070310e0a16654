import type { Change } from '../../../shared/domain/change.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import type { IncidentView } from '../../../shared/faces/incident-view.ts'
import {
  type CauseWords,
  causeTitle,
  clearedChanges,
  outcome,
  rankCauses,
} from '../../../shared/faces/incident-words.ts'
import { counted, probabilityPercent, probabilityWord } from '../../../shared/faces/words.ts'
import { type Html, html, NOTHING } from './html.ts'

/** Below this a cause is one line without its evidence. */
const ARGUED = 0.1
const EVIDENCE_SHOWN = 4
const CLEARED_SHOWN = 30
/** So many are shown without being asked for. */
const CLEARED_OPEN = 5
const BAR_WIDTH = 100

/** The right-hand column: the causes with how sure we are of each, what to do, and what was ruled out. */
export function renderCauses(view: IncidentView): Html {
  return html`<aside class="beside">
<section><h3>What did it</h3>${rankCauses(view.incident).map((cause) => renderCause(cause, view))}</section>
${renderAdvice(view.incident)}
${renderCleared(view)}
</aside>`
}

function renderCause(cause: CauseWords, view: IncidentView): Html {
  const minor = cause.probability < ARGUED
  const change = view.incident.suspects.find(({ changeId }) => changeId === cause.changeId)?.change
  const shown = minor ? [] : cause.evidence.slice(0, EVIDENCE_SHOWN)
  const more = minor ? [] : cause.evidence.slice(EVIDENCE_SHOWN)
  return html`<div class="cause${minor ? ' minor' : ''}">
<p class="sure"><b>${probabilityWord(cause.probability)}</b><span>${probabilityPercent(cause.probability)}</span></p>
${minor ? NOTHING : drawBar(cause.probability, 'part')}
<p><span class="name${cause.cause === 'change' ? ' change' : ''}">${linked(causeTitle(cause), change)}</span> <time>${cause.when}</time></p>
${renderSentences(shown)}
${more.length === 0 ? NOTHING : html`<details><summary>${more.length} more</summary>${renderSentences(more)}</details>`}
</div>`
}

function renderSentences(sentences: readonly string[]): Html {
  return sentences.length === 0 ? NOTHING : html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
}

/** A link only where the address is a web page's: a change comes from outside. */
function linked(name: string, change: Change | undefined): Html {
  const url = change?.url
  if (url === undefined || !/^https?:\/\//i.test(url)) return html`${name}`
  return html`<a href="${url}" rel="noreferrer noopener">${name}</a>`
}

/** A share (0–1) as a bar over its whole width. */
export function drawBar(share: number, tone: 'part' | 'bad'): Html {
  const width = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH * 10) / 10
  return html`<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 6" preserveAspectRatio="none" aria-hidden="true"><rect class="all" width="${BAR_WIDTH}" height="6"/><rect class="${tone}" width="${width}" height="6"/></svg>`
}

function renderAdvice(incident: Incident): Html {
  const { command, reason, cautions } = incident.recommendation
  const result = outcome(incident)
  return html`<section class="advice"><h3>Do this</h3>
${command === null ? NOTHING : html`<pre>${command}</pre><p class="hint">One click selects it all.</p>`}
<p>${reason}</p>
${cautions.map((caution) => html`<p class="mind">${caution}</p>`)}
${result === undefined ? NOTHING : html`<p class="outcome"><b>${result.label}:</b> ${result.text}</p>`}
</section>`
}

function renderCleared(view: IncidentView): Html {
  const sentences = clearedChanges(view).map(({ cleared }) => cleared.text)
  if (sentences.length === 0) return NOTHING
  const hidden = sentences.length - CLEARED_SHOWN
  return html`<section><h3>Ruled out</h3><details${sentences.length <= CLEARED_OPEN ? ' open' : ''}>
<summary>${counted(sentences.length, 'change')} in the same hours</summary>
<ul class="plain">${sentences.slice(0, CLEARED_SHOWN).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${hidden > 0 ? html`<p>and ${hidden} more</p>` : NOTHING}
</details></section>`
}
