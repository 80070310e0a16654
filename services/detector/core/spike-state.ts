import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import { SERVER_ERRORS } from '../../../shared/domain/status-range.ts'
import { beginAbnormal, endAbnormal, keepAbnormal, resetLevel, windowShape } from './baseline.ts'
import { rememberBurst } from './bursts.ts'
import type { Baseline, OpenSpike } from './open-spike.ts'
import { type FoundRise, locateOnset } from './scan.ts'
import { type Burst, errorsAt, oldestCell, requestsAt, type Series, type WatchedKey } from './series.ts'
import { surprise } from './surprise.ts'

/** A recovered series is given this long (10 min) before its spike is over: a relapse meanwhile is the same spike. */
const RELAPSE_CELLS = 60
/** Back to normal is believed after at least two minutes of it… */
const HOLD_CELLS = 12
/** …with this much evidence, in nats, that the rate is below half of what the spike added… */
const RECOVERY_EVIDENCE = 5
/** So few errors of a route prove nothing while its service is well. */
const STRAY_ERRORS = 3
/** A thin series needs less, over an hour (but for the newest minute of it, which the ring may have let go). */
const THIN_EVIDENCE = 2
const HOUR_CELLS = 354
/** …and nothing much above normal left: unsurprising, or less than anybody would be told of. */
const SETTLED_SURPRISE = 6
const SETTLED_UPLIFT = 0.001
/**
 * A burst that ends by itself within five minutes is how this series behaves: it counts as normal after all, and the next one
 * like it surprises nobody.
 */
const BURST_CELLS = 30
/** A rate that stays up for twelve hours is the new normal; for two hours, when it is less than three times the old one. */
const CHRONIC_CELLS = 12 * 360
const MODEST_CHRONIC_CELLS = 2 * 360
const MODEST_RATIO = 3
/** More cells sharpen the estimate of where the change began; after this long (5 min) it stands. */
const ONSET_SETTLES_CELLS = 30
const ONSET_REACH_CELLS = 6
/** A log that begins within this long (2 min) of the onset began inside the fault. */
const LOG_BEGAN_CELLS = 12

/** Opens the spike of a series whose rise was found. */
export function openSpike(
  series: Series,
  found: { readonly rise: FoundRise; readonly baseline: Baseline; readonly logBegan: number },
): OpenSpike {
  const { env, service, method, route } = series.key
  const { fromCell, toCell } = found.rise
  const spike: OpenSpike = {
    id: stableHash(JSON.stringify([env, service, method, route, toCell])),
    openedCell: toCell,
    detectedCell: toCell,
    expected: undefined,
    // A slow rise begins before the window that gives it away, but not by more than that window's length.
    earliestCell: Math.max(oldestCell(series, toCell), fromCell - Math.max(toCell - fromCell, ONSET_REACH_CELLS)),
    onsetCell: toCell,
    onsetGuesses: [],
    baseline: found.baseline,
    alreadyFailing: false,
    evidence: 0,
    peakRate: 0,
    requests: 0,
    errors: 0,
    requestsAfter: 0,
    errorsAfter: 0,
    updatedCell: toCell,
    lastErrorCell: toCell,
    resolvedCell: undefined,
    chronic: false,
    logBeganCell: found.logBegan,
  }
  series.spike = spike
  series.rises = undefined
  settleOnset(series, spike, toCell)
  const owner = series.parent ?? series
  owner.openSpikes++
  return spike
}

/** Takes one more judged cell into an open spike: totals, onset, recovery, relapse. */
export function updateSpike(series: Series, spike: OpenSpike, cell: number): void {
  spike.updatedCell = cell
  if (errorsAt(series, cell) > 0) spike.lastErrorCell = cell
  if (cell - spike.openedCell <= ONSET_SETTLES_CELLS && spike.resolvedCell === undefined)
    settleOnset(series, spike, cell)
  else count(spike, requestsAt(series, cell), errorsAt(series, cell))
  if (spike.resolvedCell === undefined) recover(series, spike, cell)
  else if (hasRelapsed(series, spike, cell)) relapse(series, spike)
  if (spike.resolvedCell === undefined && isChronic(spike, cell)) {
    spike.chronic = true
    spike.resolvedCell = cell
    resetLevel(series, { errors: spike.errors, requests: spike.requests, cells: cell - spike.onsetCell + 1 })
  }
}

function isChronic(spike: OpenSpike, cell: number): boolean {
  const isModest = spike.errors < MODEST_RATIO * spike.baseline.rate * spike.requests
  return cell - spike.openedCell >= (isModest ? MODEST_CHRONIC_CELLS : CHRONIC_CELLS)
}

/** Takes a spike off its series once it is over for good, and returns it; undefined while a relapse would still be the same. */
export function closeSpike(series: Series, cell: number): Spike | undefined {
  const spike = series.spike
  if (spike?.resolvedCell === undefined) return undefined
  if (!spike.chronic && cell - spike.resolvedCell < RELAPSE_CELLS) return undefined
  series.spike = undefined
  series.scanFrom = spike.resolvedCell
  const owner = series.parent ?? series
  owner.openSpikes--
  if (spike.resolvedCell - spike.openedCell > BURST_CELLS) keepAbnormal(series, spike.resolvedCell)
  else rememberBurst(series, burstOf(spike, spike.resolvedCell))
  if (owner.openSpikes === 0) endAbnormal(series)
  return toSpike(series.key, spike)
}

/** A series that comes no more has no spike either: it ended with what came last. */
export function giveUpSpike({ spike, newestCell }: Series): void {
  if (spike !== undefined) spike.resolvedCell ??= newestCell + 1
}

function burstOf(spike: OpenSpike, endCell: number): Burst {
  const requests = spike.requests - spike.requestsAfter
  const errors = spike.errors - spike.errorsAfter - requests * spike.baseline.rate
  return { atCell: endCell, errors, cells: endCell - spike.onsetCell }
}

/** The spike as the rest of the product knows it. */
export function toSpike(key: WatchedKey, spike: OpenSpike): Spike {
  const requests = spike.requests - spike.requestsAfter
  const errors = spike.errors - spike.errorsAfter
  return {
    id: spike.id,
    env: key.env,
    service: key.service,
    method: key.method,
    route: key.route,
    signal: 'error_rate',
    onsetAtMs: spike.onsetCell * CELL_MS,
    onsetGuesses: spike.onsetGuesses,
    detectedAtMs: (spike.detectedCell + 1) * CELL_MS,
    updatedAtMs: (spike.updatedCell + 1) * CELL_MS,
    lastErrorAtMs: spike.lastErrorCell * CELL_MS,
    resolvedAtMs: spike.resolvedCell === undefined ? null : spike.resolvedCell * CELL_MS,
    baselineRate: spike.baseline.rate,
    observedRate: requests > 0 ? errors / requests : 0,
    requests,
    errors,
    excessErrors: Math.max(0, errors - requests * spike.baseline.rate),
    evidence: spike.evidence,
    alreadyFailing: spike.alreadyFailing,
    chronic: spike.chronic,
    traffic: null,
    slowness: null,
    errorStatuses: SERVER_ERRORS,
  }
}

/** Estimates the onset from all cells so far and counts again from there. */
function settleOnset(series: Series, spike: OpenSpike, cell: number): void {
  spike.onsetGuesses = locateOnset(
    series,
    { from: spike.earliestCell, latest: spike.openedCell, to: cell },
    spike.baseline,
  )
  const likeliest = spike.onsetGuesses.reduce((best, guess) => (guess.weight > best.weight ? guess : best))
  spike.onsetCell = likeliest.atMs / CELL_MS
  spike.alreadyFailing = spike.onsetCell - spike.logBeganCell <= LOG_BEGAN_CELLS
  spike.requests = 0
  spike.errors = 0
  for (let from = spike.onsetCell; from <= cell; from++) count(spike, requestsAt(series, from), errorsAt(series, from))
  const shape = windowShape(series, spike.baseline, cell - spike.onsetCell + 1)
  const evidence = surprise(spike.errors, spike.requests, spike.baseline.rate, shape)
  if (evidence > spike.evidence) {
    spike.evidence = evidence
    spike.peakRate = spike.errors / spike.requests
  }
  beginAbnormal(series, spike.onsetCell)
}

function count(spike: OpenSpike, requests: number, errors: number): void {
  spike.requests += requests
  spike.errors += errors
  if (spike.resolvedCell === undefined) return
  spike.requestsAfter += requests
  spike.errorsAfter += errors
}

function recover(series: Series, spike: OpenSpike, cell: number): void {
  const from = locateRecovery(series, spike, cell) ?? recoveryWithService(series, spike, cell)
  if (from === undefined) return
  spike.resolvedCell = from
  spike.requestsAfter = 0
  spike.errorsAfter = 0
  for (let after = from; after <= cell; after++) {
    spike.requestsAfter += requestsAt(series, after)
    spike.errorsAfter += errorsAt(series, after)
  }
}

function relapse(series: Series, spike: OpenSpike): void {
  spike.resolvedCell = undefined
  spike.requestsAfter = 0
  spike.errorsAfter = 0
  beginAbnormal(series, spike.onsetCell)
}

/** What came after the recovery is above normal again, beyond what settled before it. */
function hasRelapsed(series: Series, spike: OpenSpike, cell: number): boolean {
  if (spike.resolvedCell === undefined || errorsAt(series, cell) === 0) return false
  let requests = 0
  let errors = 0
  const oldest = Math.max(spike.resolvedCell, oldestCell(series, cell))
  for (let from = cell; from >= oldest; from--) {
    requests += requestsAt(series, from)
    errors += errorsAt(series, from)
    const shape = windowShape(series, spike.baseline, cell - from + 1)
    if (surprise(errors, requests, spike.baseline.rate, shape) >= RELAPSE_SURPRISE) return true
  }
  return false
}

/** A series that has just failed needs less to be failing again than one that has not. */
const RELAPSE_SURPRISE = 10

/**
 * The first cell of the recovery, once there is evidence for one: over some window ending at `cell`, at least as long as the
 * hold, the rate is at its baseline rather than half-way up to what the spike made of it. A thin series may never show that
 * much; there a whole hour back at normal will do, if the spike would have shown in it.
 */
function locateRecovery(series: Series, spike: OpenSpike, cell: number): number | undefined {
  const { rate } = spike.baseline
  const halfway = Math.max(rate + (spike.peakRate - rate) / 2, rate * 1.1)
  const perError = Math.log(halfway / rate)
  let requests = 0
  let errors = 0
  let best: { evidence: number; from: number | undefined } = { evidence: RECOVERY_EVIDENCE, from: undefined }
  const oldest = Math.max(oldestCell(series, cell), spike.onsetCell + 1)
  for (let from = cell; from >= oldest; from--) {
    requests += requestsAt(series, from)
    errors += errorsAt(series, from)
    const length = cell - from + 1
    const raw = requests * (halfway - rate) - errors * perError
    const isWholeHour = length >= HOUR_CELLS && best.from === undefined && raw >= THIN_EVIDENCE
    if (length < HOLD_CELLS || (raw <= best.evidence && !isWholeHour)) continue
    const shape = windowShape(series, spike.baseline, length)
    const evidence = raw / (1 + (requests * rate) / shape)
    if ((evidence > best.evidence || isWholeHour) && hasSettled({ requests, errors, rate, shape }))
      best = { evidence, from }
  }
  return best.from
}

/**
 * A quiet route takes long to show that it is well again. Once its service has recovered, so has the route, unless it went on
 * failing since.
 */
function recoveryWithService(series: Series, spike: OpenSpike, cell: number): number | undefined {
  const { parent } = series
  if (parent === undefined) return undefined
  const from = parent.spike === undefined ? parent.scanFrom : parent.spike.resolvedCell
  if (from === undefined || from <= spike.onsetCell || cell - from + 1 < HOLD_CELLS) return undefined
  let requests = 0
  let errors = 0
  for (let after = Math.max(from, oldestCell(series, cell)); after <= cell; after++) {
    requests += requestsAt(series, after)
    errors += errorsAt(series, after)
  }
  const shape = windowShape(series, spike.baseline, cell - from + 1)
  const isStray = errors - requests * spike.baseline.rate < STRAY_ERRORS
  return isStray || hasSettled({ requests, errors, rate: spike.baseline.rate, shape }) ? from : undefined
}

/** Unsurprising, or so little above normal that nobody would have been told. */
function hasSettled(window: { requests: number; errors: number; rate: number; shape: number }): boolean {
  const { requests, errors, rate, shape } = window
  return (
    errors - requests * rate < requests * SETTLED_UPLIFT || surprise(errors, requests, rate, shape) < SETTLED_SURPRISE
  )
}
