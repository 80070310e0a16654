import { windowShape } from './baseline.ts'
import type { ExpectedRise, OpenSpike } from './open-spike.ts'
import type { Series } from './series.ts'
import { surprise } from './surprise.ts'

/** What came at the same time on two of the past three days, or of the past three weeks, is expected at that time. */
const DAY_CELLS = 8_640
const PERIODS_CELLS = [DAY_CELLS, 7 * DAY_CELLS] as const
const PERIODS_BACK = [1, 2, 3] as const
const LEAST_TIMES = 2
/** A nightly job begins, and ends, up to a quarter of an hour earlier or later than before. */
const SLACK_CELLS = 90
/** Three weeks of one a day, and some. */
const REMEMBERED_MAX = 32
/** Of a rise that recurs one route has more than another: what worked before may be so much worse than its service is. */
const ROUTE_WORSE = 4
/** A route that had fewer requests in its past hours is hardly asked for but then: how bad it is says nothing. */
const WORKED_REQUESTS = 100
/** Half as bad again, with this much evidence in nats, is something else. */
const WORSE = 1.5
const WORSE_NATS = 10
const RATE_MAX = 0.98

/** Keeps the spike of a series that is over at `to`. */
export function rememberRise(series: Series, spike: OpenSpike, to: number): void {
  const past = { from: spike.onsetCell, to, rate: spike.peakRate }
  series.pastRises = [...(series.pastRises ?? []), past].slice(-REMEMBERED_MAX)
}

/** What a spike that has just opened was expected to be, by those of its series or its service; undefined: it is news. */
export function expectedRise(series: Series, { onsetCell }: OpenSpike): ExpectedRise | undefined {
  const own = recurringAt(series, onsetCell)
  if (own !== undefined || series.parent === undefined) return own
  const ofService = recurringAt(series.parent, onsetCell)
  const rate = series.hours.requests < WORKED_REQUESTS ? 1 : ofService?.rate
  return ofService && { ...ofService, rate: rate ?? 1, isOfService: true }
}

/** Whether a spike lasts longer than was expected, or is worse. */
export function hasOutgrown(
  series: Series,
  spike: OpenSpike,
  { expected, cell }: { expected: ExpectedRise; cell: number },
): boolean {
  if (cell >= expected.untilCell) return true
  const { rate, isOfService } = expected
  const worse = Math.min((isOfService ? ROUTE_WORSE : WORSE) * rate, RATE_MAX)
  if (isOfService && worse === RATE_MAX) return false
  // So much worse is what a rise may vary by from one time to the next: beyond that only chance is left.
  const shape = isOfService ? Number.POSITIVE_INFINITY : windowShape(series, spike.baseline, cell - spike.onsetCell + 1)
  return surprise(spike.errors, spike.requests, worse, shape) >= WORSE_NATS
}

function recurringAt(series: Series, onsetCell: number): ExpectedRise | undefined {
  const { pastRises } = series
  if (pastRises === undefined) return undefined
  for (const period of PERIODS_CELLS) {
    const then = PERIODS_BACK.flatMap((back) => {
      const moved = back * period
      const past = pastRises.find(({ from }) => Math.abs(from + moved - onsetCell) <= SLACK_CELLS)
      return past === undefined ? [] : [{ untilCell: past.to + moved + SLACK_CELLS, rate: past.rate }]
    })
    if (then.length < LEAST_TIMES) continue
    return {
      untilCell: Math.max(...then.map(({ untilCell }) => untilCell)),
      rate: Math.max(...then.map(({ rate }) => rate)),
      isOfService: false,
    }
  }
  return undefined
}
