import type { Change } from '../../../shared/domain/change.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import { changeName } from '../../../shared/faces/change-words.ts'
import type { IncidentChart } from '../../../shared/faces/incident-chart.ts'
import type { IncidentView } from '../../../shared/faces/incident-view.ts'
import {
  type CauseWords,
  causeTitle,
  clearedNames,
  howItStands,
  howMany,
  howSoonSeen,
  inNumbers,
  normalWords,
  onsetWords,
  otherServicesHit,
  outcome,
  rankCauses,
  whatFails,
  whatPeopleSaid,
  whenItFailed,
  whereItFails,
} from '../../../shared/faces/incident-words.ts'
import { padEnd, padStart, shorten, textWidth, wrap } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clockMinute, duration, percent, probabilityPercent, probabilityWord } from '../../../shared/faces/words.ts'
import { wrapCommand } from './command-lines.ts'
import { createPaint, type Paint } from './paint.ts'
import { drawMarks, drawSparkline, type Mark } from './sparkline.ts'

export interface Page {
  readonly columns: number
  readonly paint: Paint
}

/** Lines are no longer than this on the widest screen. */
const COLUMNS_MAX = 80
const COLUMNS_MIN = 50

export function createPage(terminal: { readonly columns: number; readonly colour: boolean }): Page {
  return {
    columns: Math.min(Math.max(terminal.columns, COLUMNS_MIN), COLUMNS_MAX),
    paint: createPaint(terminal.colour),
  }
}

/** Labels stand in columns 2 to 15, what they label from 16 on. */
const MARGIN = 2
const LABEL_COLUMNS = 14
const BODY = MARGIN + LABEL_COLUMNS
const BAR_COLUMNS = 16
const PERCENT_COLUMNS = 5
const DAY_MS = 86_400_000

/** From this probability on a cause gets a bar; below `ARGUED` none of its evidence is shown. */
const BARRED = 0.1
const ARGUED = 0.2
const EVIDENCE_SHOWN = 2
const CAUSES_SHOWN = 5
const NAMES_SHOWN = 3
const NAME_COLUMNS = 60

/** What a block shows; without a chart where there is nothing to count from. */
type BlockView = Omit<IncidentView, 'chart' | 'blameAt'> & { readonly chart?: IncidentChart }

/** One incident for a terminal: what is broken, since when, how bad, which change, how sure, what to do, what was ruled out. */
export function renderIncidentBlock(view: BlockView, page: Page): string[] {
  const { incident } = view
  return [
    ...renderHead(view, page),
    ...(view.chart === undefined ? [] : renderChart(view.chart, view, page)),
    ...rankCauses(incident)
      .slice(0, CAUSES_SHOWN)
      .flatMap((cause) => renderCause(cause, page)),
    ...renderList('also hit', otherServicesHit(incident), page),
    ...renderList('cleared', clearedNames(view), page),
    ...renderAdvice(incident, page),
    ...whatPeopleSaid(incident).flatMap(({ label, text }) => wrapLabelled(label, text, page)),
  ]
}

function renderHead({ incident, isLive }: BlockView, { columns, paint }: Page): string[] {
  const failing = ` ${whatFails(incident)}`
  const normal = normalWords(incident)
  const service = shorten(visibleText(incident.service), columns - MARGIN * 2 - textWidth(failing + normal))
  const dot = paint(incident.resolvedAtMs === null ? 'broken' : 'strong', '●')
  const head = {
    width: MARGIN + textWidth(service + failing + normal),
    text: `${dot} ${paint('strong', service + failing)}${paint('quiet', normal)}`,
  }
  const when = whenItFailed(incident)
  const seen = howSoonSeen(incident)
  const counts = indented(countsAndPlace(incident, columns - MARGIN))
  const state = howItStands({ incident, isLive })
  const lines = fitsBeside(head, when, columns)
    ? [...sideBySide(head, when, columns), ...sideBySide(counts, seen, columns)]
    : [head.text, ...sideBySide(indented(when), seen, columns), counts.text]
  const numbers = wrap(inNumbers(incident) ?? '', columns - MARGIN).filter((line) => line !== '')
  const stands = [...(state === undefined ? [] : [state]), ...numbers]
  return [...lines, ...stands.map((line) => paint('broken', indented(line).text))]
}

function countsAndPlace(incident: Incident, columns: number): string {
  const counts = howMany(incident)
  const place = whereItFails(incident)
  return place === undefined ? counts : `${counts}, ${shorten(place, columns - textWidth(counts) - 2)}`
}

interface Line {
  /** In columns; colours have none. */
  readonly width: number
  readonly text: string
}

function fitsBeside(left: Line, right: string, columns: number): boolean {
  return left.width + 2 + textWidth(right) <= columns
}

/** `right` ends at the last column, or stands below where there is no room for both. */
function sideBySide(left: Line, right: string, columns: number): string[] {
  if (!fitsBeside(left, right, columns)) return [left.text, indented(shorten(right, columns - MARGIN)).text]
  return [left.text + ' '.repeat(columns - left.width - textWidth(right)) + right]
}

function indented(text: string): Line {
  return { width: MARGIN + textWidth(text), text: ' '.repeat(MARGIN) + text }
}

function renderChart(chart: IncidentChart, view: BlockView, { columns, paint }: Page): string[] {
  const width = columns - BODY
  const { text, peak } = drawSparkline(chart, width)
  const scale = `0 – ${percent(peak)}`
  const marks = drawMarks(chart, { marks: chooseMarks(view.incident, view.changes), columns: width, paint })
  return [
    labelled(scale, paint('strong', text), paint),
    ...marks.map((line, row) => labelled(row === 0 ? spanWords(chart.fromMs, chart.toMs) : '', line, paint)),
  ]
}

function spanWords(fromMs: number, toMs: number): string {
  if (toMs - fromMs >= DAY_MS) return duration(toMs - fromMs)
  return `${clockMinute(fromMs)} – ${clockMinute(toMs)}`
}

/** The first errors, the suspects, and what was undone: more marks than these can't be read. */
function chooseMarks(incident: Incident, changes: readonly Change[]): Mark[] {
  const suspects = incident.suspects.filter(({ probability }) => probability >= ARGUED).map(({ change }) => change)
  const undone = changes.filter(
    (change) =>
      change.kind === 'rollback' && change.service === incident.service && change.startedAtMs > incident.startedAtMs,
  )
  const shown = [
    ...new Map([...suspects.slice(0, 3), ...undone.slice(0, 1)].map((change) => [change.id, change])).values(),
  ]
  return [
    ...shown.map((change) => ({
      atMs: change.startedAtMs,
      label: changeName(change, incident.service),
      tone: 'change' as const,
    })),
    ...(incident.alreadyFailing
      ? []
      : [{ atMs: incident.startedAtMs, label: onsetWords(incident), tone: 'broken' as const }]),
  ]
}

function renderCause(cause: CauseWords, page: Page): string[] {
  const { columns, paint } = page
  const word = padEnd(probabilityWord(cause.probability), LABEL_COLUMNS)
  const share = padStart(probabilityPercent(cause.probability), PERCENT_COLUMNS)
  const bar = cause.probability >= BARRED ? ` ${drawBar(cause.probability)}` : ''
  const before = `${' '.repeat(MARGIN)}${word}${share}`
  const when = cause.when === '' ? '' : `, ${cause.when}`
  const room = columns - textWidth(before) - textWidth(bar) - 2 - textWidth(when)
  const name = paint(cause.cause === 'change' ? 'change' : 'strong', shorten(causeTitle(cause), room))
  const argued = cause.probability >= ARGUED ? cause.evidence.slice(0, EVIDENCE_SHOWN) : []
  return [
    `${before}${paint('suspected', bar)}  ${name}${when}`,
    ...argued.flatMap((sentence) =>
      wrap(sentence, columns - MARGIN - 7).map((line, row) => `${' '.repeat(7)}${row === 0 ? '· ' : '  '}${line}`),
    ),
  ]
}

function drawBar(probability: number): string {
  const filled = Math.round(probability * BAR_COLUMNS)
  return '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled)
}

function renderList(label: string, names: readonly string[], page: Page): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, NAMES_SHOWN).map((name) => shorten(name, NAME_COLUMNS))
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : ''
  return wrapLabelled(label, shown.join(', ') + more, page)
}

function renderAdvice(incident: Incident, page: Page): string[] {
  const { columns, paint } = page
  const { command, reason, cautions } = incident.recommendation
  const commandLines = command === null ? [] : wrapCommand(command, columns - BODY)
  const reasonLines = wrap(visibleText(reason), columns - BODY)
  const result = outcome(incident)
  return [
    ...[...commandLines.map((line) => paint('strong', line)), ...reasonLines].map((line, row) =>
      labelled(row === 0 ? 'do this' : '', line, paint),
    ),
    ...cautions.flatMap((caution) => wrapLabelled('mind', visibleText(caution), page)),
    ...(result === undefined ? [] : wrapLabelled(result.label, result.text, page)),
  ]
}

function wrapLabelled(label: string, text: string, { columns, paint }: Page): string[] {
  return wrap(text, columns - BODY).map((line, row) => labelled(row === 0 ? label : '', line, paint))
}

function labelled(label: string, body: string, paint: Paint): string {
  return `${' '.repeat(MARGIN)}${paint('quiet', padEnd(shorten(label, LABEL_COLUMNS - 1), LABEL_COLUMNS))}${body}`.trimEnd()
}
