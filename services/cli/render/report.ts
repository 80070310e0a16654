import { createHash } from 'node:crypto'
import type { IncidentView } from '../../../shared/faces/incident-view.ts'
import { whenItFailed } from '../../../shared/faces/incident-words.ts'
import { verdict } from '../../../shared/faces/verdict.ts'
import { count, counted, daySpan, duration } from '../../../shared/faces/words.ts'
import type { ReplayResult } from '../replay-result.ts'
import { calmSentence, couldBeMissed } from './calm-words.ts'
import { type Html, html, NOTHING } from './html.ts'
import { incidentHeadline, renderIncidentArticle } from './report-incident.ts'
import { REPORT_STYLE } from './report-style.ts'

/** More incidents than anybody reads make a page that no browser opens. */
const INCIDENTS_SHOWN = 60

/** One self-contained page: no script, nothing from the network, readable on a phone and on paper. */
export function renderReport(result: ReplayResult): string {
  const shown = result.incidents.slice(0, INCIDENTS_SHOWN)
  const hidden = result.incidents.length - shown.length
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash()}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${pageTitle(result)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<div class="page">
${renderMasthead(result)}
<main>
${result.incidents.length > 1 ? renderContents(shown) : NOTHING}
${result.incidents.length === 0 ? renderCalm(result) : NOTHING}
${shown.map(renderIncidentArticle)}
${hidden > 0 ? html`<p class="calm">and ${hidden} more: see --json</p>` : NOTHING}
</main>
<footer>Times are UTC. Probabilities are what the evidence in this log supports; the numbers behind each sentence are in --json.</footer>
</div>
</body>
</html>
`
  return page.markup
}

/** The only style that the page may apply is its own. */
function styleHash(): string {
  return `sha256-${createHash('sha256').update(REPORT_STYLE.markup).digest('base64')}`
}

function pageTitle({ incidents }: ReplayResult): string {
  const [only] = incidents
  if (only === undefined) return 'No incident'
  return incidents.length === 1 ? incidentHeadline(only.incident) : counted(incidents.length, 'incident')
}

function renderMasthead({ summary }: ReplayResult): Html {
  const { fromMs, toMs } = summary
  const span = fromMs === null || toMs === null ? '' : `${daySpan(fromMs, toMs)}, ${duration(toMs - fromMs)} · `
  return html`<header><b>Culprit</b><span>${span}${counted(summary.services, 'service')} · ${counted(summary.requests, 'request')} · ${counted(summary.lines, 'line')}, ${count(summary.rejected)} rejected</span></header>`
}

function renderContents(views: readonly IncidentView[]): Html {
  const entries = views.map(
    (view) =>
      html`<li><a href="#${view.incident.id}">${incidentHeadline(view.incident)}</a><span>${whenItFailed(view.incident)}</span><span>${verdict(view)}</span></li>`,
  )
  return html`<ol class="contents">${entries}</ol>`
}

function renderCalm(result: ReplayResult): Html {
  return html`<p class="calm">${calmSentence(result.summary)}</p><ul class="plain">${couldBeMissed(
    result.detectable,
  ).map((sentence) => html`<li>${sentence}</li>`)}</ul>`
}
