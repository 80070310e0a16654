import type { Incident } from '../../../shared/domain/incident.ts'
import { errorShare } from '../../../shared/faces/incident-chart.ts'
import { listMoments } from '../../../shared/faces/incident-moments.ts'
import type { IncidentView } from '../../../shared/faces/incident-view.ts'
import {
  howItStands,
  howMany,
  howSoonSeen,
  inNumbers,
  normalWords,
  placeName,
  whatFails,
  whenItFailed,
} from '../../../shared/faces/incident-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { capital, verdict } from '../../../shared/faces/verdict.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clockNear, count, percent } from '../../../shared/faces/words.ts'
import { type Html, html, NOTHING } from './html.ts'
import { drawBar, renderCauses } from './report-causes.ts'
import { renderCharts } from './report-charts.ts'

const NAME_COLUMNS = 60
const PLACES_SHOWN = 20
const STATUSES_SHOWN = 8
const TIMELINE_SHOWN = 40

/** One incident as an article: what, since when, how bad, which change, how sure, what to do, why, what was ruled out. */
export function renderIncidentArticle(view: IncidentView): Html {
  const { incident } = view
  return html`<article id="${incident.id}">
<p class="kicker">${renderKicker(incident)}</p>
<h2>${incidentHeadline(incident)} <span>${normalWords(incident)}</span></h2>
<p class="standfirst">${standfirst(view)}</p>
<p class="verdict">${verdict(view)}</p>
<div class="grid">
<div>${renderCharts(view)}</div>
${renderCauses(view)}
<div>
${renderWhere(incident)}
${renderStatuses(incident)}
${renderTimeline(view)}
</div>
</div>
</article>`
}

/** `checkout is failing 8.1 % of requests`; `was failing` once it is over. */
export function incidentHeadline(incident: Incident): string {
  const verb = incident.resolvedAtMs === null ? 'is' : 'was'
  const failing = whatFails(incident)
  return `${shorten(visibleText(incident.service), NAME_COLUMNS)} ${failing.startsWith('failing') ? `${verb} ` : ''}${failing}`
}

function renderKicker({ resolvedAtMs, severity, env }: Incident): Html {
  const state = resolvedAtMs === null ? html`<span class="open">not over</span>` : html`over`
  return html`${env} · ${severity} · ${state}`
}

function standfirst({ incident, isLive }: IncidentView): string {
  const inHowMany = incident.observedRate > 0 ? Math.round(1 / incident.observedRate) : 0
  const share = inHowMany >= 2 ? [`1 in ${count(inHowMany)} requests`] : []
  const stands = howItStands({ incident, isLive })
  const numbers = inNumbers(incident)
  return [
    capital(whenItFailed(incident)),
    howMany(incident),
    ...share,
    howSoonSeen(incident),
    ...(stands === undefined ? [] : [stands]),
    ...(numbers === undefined ? [] : [numbers]),
  ].join(' · ')
}

function renderWhere({ affected, signal }: Incident): Html {
  if (affected.length === 0) return NOTHING
  const hidden = affected.length - PLACES_SHOWN
  const rows = affected.slice(0, PLACES_SHOWN).map(
    (
      series,
    ) => html`<tr><td>${[series.service, placeName(series)].filter(Boolean).join(' ')}${drawBar(series.shareOfExcess, 'bad')}</td>
<td class="number">${percent(errorShare(series) ?? 0)}</td><td class="number">${count(series.errors)}</td><td class="number">${percent(series.shareOfExcess)}</td></tr>`,
  )
  const [share, times] = signal === 'latency' ? ['slow', 'slow requests'] : ['failing', 'errors']
  return html`<section><h3>Where</h3><table>
<thead><tr><th>service and route</th><th class="number">${share}</th><th class="number">${times}</th><th class="number">of the excess</th></tr></thead>
<tbody>${rows}</tbody></table>${hidden > 0 ? html`<p class="key">and ${hidden} more</p>` : NOTHING}</section>`
}

function renderStatuses({ statuses, errors, signal }: Incident): Html {
  const sorted = Object.entries(statuses).toSorted(([, a], [, b]) => b - a)
  // Of slow requests a few fail for reasons of their own.
  if (sorted.length === 0 || signal === 'latency') return NOTHING
  const rows = sorted
    .slice(0, STATUSES_SHOWN)
    .map(
      ([status, times]) =>
        html`<tr><td>${status}${drawBar(times / Math.max(1, errors), 'bad')}</td><td class="number">${count(times)}</td></tr>`,
    )
  return html`<section><h3>Status codes</h3><table><tbody>${rows}</tbody></table></section>`
}

function renderTimeline(view: IncidentView): Html {
  const moments = listMoments(view).slice(0, TIMELINE_SHOWN)
  const near = view.incident.startedAtMs
  return html`<section><h3>Timeline, UTC</h3><ol class="timeline">${moments.map(
    ({ atMs, text, tone }) => html`<li><time>${clockNear(atMs, near)}</time><span class="${tone}">${text}</span></li>`,
  )}</ol></section>`
}
