import { isExplainedByChange } from '../../../shared/faces/incident-view.ts'
import { flow, wrap } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { count, counted, daySpan, duration, roughCount } from '../../../shared/faces/words.ts'
import type { ServiceOrigin } from '../../ingest/core/service-name.ts'
import type { ReplayResult, ReplaySummary } from '../replay-result.ts'
import { calmSentence, couldBeMissed } from './calm-words.ts'
import { createPage, type Page, renderIncidentBlock } from './incident-block.ts'
import type { Paint } from './paint.ts'

/** The whole answer of `culprit replay` for people, at most 80 columns wide. `reportFile`: the page that was written, if any. */
export function renderReplay(
  result: ReplayResult,
  options: { columns: number; colour: boolean; reportFile?: string },
): string {
  const page = createPage(options)
  const blocks = result.incidents.map((view) => renderIncidentBlock(view, page))
  const parts = [
    [
      ...flow(summaryPieces(result), page.columns),
      ...originHint(result.serviceOrigin, page),
      ...otherFormatsHint(result, page),
    ],
    ...blocks,
    ...(result.incidents.length === 0 ? [renderCalm(result, page)] : []),
    renderEnd(result, { page, reportFile: options.reportFile }),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function summaryPieces({ summary, serviceOrigin }: ReplayResult): string[] {
  const { fromMs, toMs } = summary
  return [
    counted(summary.lines, 'line'),
    `${count(summary.rejected)} rejected`,
    `${counted(summary.services, 'service')}${originWords(serviceOrigin)}`,
    ...(fromMs === null || toMs === null ? [] : [`${daySpan(fromMs, toMs)} UTC, ${duration(toMs - fromMs)}`]),
    linesPerSecond(summary),
  ]
}

function linesPerSecond({ lines, loadMs }: ReplaySummary): string {
  return `${roughCount((lines * 1_000) / Math.max(1, loadMs))} lines/s`
}

function originWords(origin: ServiceOrigin | null): string {
  switch (origin) {
    case 'virtual_host':
      return ' (by virtual host)'
    case 'service_from':
      return ' (by --service-from)'
    case 'constant':
    case 'field':
    case 'default':
    case null:
      return ''
  }
}

function originHint(origin: ServiceOrigin | null, { columns, paint }: Page): string[] {
  if (origin !== 'default') return []
  const hint =
    "The log names no service, so all of it counts as 'web'. Name it with --service, or tell services apart with --service-from path:1 (or virtual_host, upstream)."
  return wrap(hint, columns).map((line) => paint('quiet', line))
}

/** A log of two formats is worth a look: its server's configuration was changed, or two write to one file. */
function otherFormatsHint({ otherFormats = {} }: ReplayResult, { columns, paint }: Page): string[] {
  const formats = Object.entries(otherFormats)
  if (formats.length === 0) return []
  const read = formats.map(([format, events]) => `${counted(events, 'line')} as ${format}`).join(', ')
  const hint = `Not all lines are in the format of their log: ${read}.`
  return wrap(hint, columns).map((line) => paint('quiet', line))
}

function renderCalm({ detectable, summary }: ReplayResult, { columns, paint }: Page): string[] {
  const missed = summary.requests === 0 ? [] : couldBeMissed(detectable)
  return [
    ...wrap(calmSentence(summary), columns),
    ...missed.flatMap((line) => wrap(line, columns)).map((line) => paint('quiet', line)),
  ]
}

function renderEnd(result: ReplayResult, options: { page: Page; reportFile: string | undefined }): string[] {
  const { incidents, changesGiven } = result
  const { columns, paint } = options.page
  const page =
    options.reportFile === undefined
      ? 'Full page: --report incident.html'
      : `Full page: ${visibleText(options.reportFile)}`
  if (incidents.length === 0) return options.reportFile === undefined ? [] : flow([page], columns)
  const explained = incidents.filter(isExplainedByChange).length
  const pieces = [`${counted(incidents.length, 'incident')}, ${explained} explained by a change.`, page]
  const hint = 'Which change did it? Give the list of deploys, flags and configs with --changes changes.ndjson.'
  return [...flow(pieces, columns), ...(changesGiven === null ? quietLines(hint, columns, paint) : [])]
}

function quietLines(text: string, columns: number, paint: Paint): string[] {
  return wrap(text, columns).map((line) => paint('quiet', line))
}
