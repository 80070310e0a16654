import { visibleText } from '../../../../shared/faces/visible-text.ts'
import type { ChartLine } from '../charts/chart.ts'
import { lineColours } from '../charts/line-colours.ts'
import type { Timeseries } from '../server/timeseries.ts'
import { shares } from '../words/shares.ts'
import { perSecond } from '../words/traffic.ts'

/** More lines than these can't be told apart. */
const LINES_MAX = 6

/** The groups as lines of their error share, busiest first. */
export function groupLines({ groups }: Timeseries): ChartLine[] {
  return toLines(
    groups.filter(({ isRest }) => !isRest),
    shares,
  )
}

/** The groups with errors as lines of requests a second. */
export function countLines(series: Timeseries, untilMs: number): ChartLine[] {
  const failing = series.groups.filter(({ errors }) => errors.some((count) => count > 0))
  return toLines(failing, ({ errors }) => perSecond(errors, series, untilMs))
}

type Group = Timeseries['groups'][number]

function toLines(groups: readonly Group[], valuesOf: (group: Group) => readonly (number | null)[]): ChartLine[] {
  const shown = groups.slice(0, LINES_MAX)
  const colours = lineColours(shown.map(({ name }) => name))
  return shown.map((group) => ({
    name: visibleText(group.name),
    colour: colours.get(group.name) ?? 'soft',
    values: valuesOf(group),
  }))
}
