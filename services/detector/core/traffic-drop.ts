import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import { SERVER_ERRORS } from '../../../shared/domain/status-range.ts'
import { baselineOf } from './baseline.ts'
import type { OpenDrop, OtherServices } from './open-drop.ts'
import { errorsAt, requestsAt, type Series } from './series.ts'
import {
  expectedTraffic,
  type Heard,
  hasNormal,
  missingEvidence,
  type Traffic,
  WINDOW_CELLS,
  withWindow,
} from './traffic.ts'

/** Traffic is back when two minutes of it have half of what is to be expected. */
const HOLD_CELLS = 12
const BACK_SHARE = 0.5
/** Little traffic for two hours is the new normal; a service that sends nothing for a week is gone. */
const CHRONIC_CELLS = 2 * 360
const GONE_CELLS = 7 * 24 * 360
/** The first of the ten minutes must be as empty as all of them: else it is not yet ten. */
const FIRST_CELLS = 6
/** What is told of a service that sends nothing changes once a minute. */
const RETOLD_CELLS = 6

interface Look {
  /** Judged just now; `heard` has it already. */
  readonly cell: number
  readonly heard: Heard
  readonly others: () => OtherServices
}

/** Opens the drop of a service that lost at least `share` of its traffic for ten minutes, with `nats` of evidence. */
export function findDrop(series: Series, look: Look, limits: { readonly share: number; readonly nats: number }): void {
  const { traffic } = series
  const { cell, heard } = look
  if (traffic === undefined || !hasNormal(traffic, heard)) return
  const windowFrom = heard.cells[heard.count % WINDOW_CELLS] ?? 0
  if (series.lostTraffic !== undefined && windowFrom < series.lostTraffic.to) return
  const kept = 1 - limits.share
  if (traffic.windowSum * traffic.cells > kept * traffic.requests * WINDOW_CELLS) return
  const expected = expectedTraffic(traffic, cell)
  if (traffic.windowSum > kept * expected * WINDOW_CELLS) return
  if (sumHeard(traffic, heard, { ago: WINDOW_CELLS, length: FIRST_CELLS }) > kept * expected * FIRST_CELLS) return
  const evidence = missingEvidence(traffic, traffic.windowSum, expected * WINDOW_CELLS)
  if (evidence < limits.nats) return
  const onsetCell = traffic.windowSum > 0 ? windowFrom : series.newestCell + 1
  openDrop(series, look, { expected, evidence, onsetCell, openedCell: cell })
}

/**
 * Opens the drop of a service when nothing at all came in any cell after `lastCell`, the newest that was judged, for ten
 * minutes and more: none of these cells is judged, since they may yet come late.
 */
export function findSilence(
  series: Series,
  look: Look & { readonly lastCell: number },
  limits: { readonly nats: number; readonly isDue: (dropId: string) => boolean },
): void {
  const { traffic } = series
  const { cell, heard, lastCell } = look
  const openedCell = lastCell + WINDOW_CELLS
  if (traffic === undefined || cell < openedCell || heard.count - traffic.firstHeard < WINDOW_CELLS) return
  if (!limits.isDue(dropIdOf(series, openedCell))) return
  // Where whole cells stay empty anyhow, the level is that of the others.
  const spanned = lastCell - (heard.cells[heard.count % WINDOW_CELLS] ?? lastCell) + 1
  const level = withWindow(traffic)
  const expected = expectedTraffic(level, cell) * (WINDOW_CELLS / Math.max(spanned, WINDOW_CELLS))
  const evidence = missingEvidence(level, 0, expected * WINDOW_CELLS)
  if (evidence < limits.nats) return
  openDrop(series, look, { expected, evidence, onsetCell: series.newestCell + 1, openedCell })
}

function dropIdOf({ key }: Series, openedCell: number): string {
  return stableHash(JSON.stringify([key.env, key.service, 'traffic_drop', openedCell]))
}

function openDrop(
  series: Series,
  { cell, others }: Look,
  found: Pick<OpenDrop, 'expected' | 'evidence' | 'onsetCell' | 'openedCell'>,
): void {
  const drop: OpenDrop = {
    ...found,
    id: dropIdOf(series, found.openedCell),
    baselineRate: baselineOf(series).rate,
    requests: 0,
    errors: 0,
    others: others(),
    updatedCell: cell,
    resolvedCell: undefined,
    chronic: false,
  }
  for (let missed = found.onsetCell; missed <= series.newestCell; missed++) countCell(series, drop, missed)
  series.drop = drop
  series.lostTraffic = { from: found.onsetCell, to: Number.POSITIVE_INFINITY }
}

function countCell(series: Series, drop: OpenDrop, cell: number): void {
  drop.requests += requestsAt(series, cell)
  drop.errors += errorsAt(series, cell)
}

/** Nothing came at all up to `cell`. Returns the drop once the service is gone for good. */
export function prolongDrop(series: Series, drop: OpenDrop, { cell, others }: Look): Spike | undefined {
  if (cell - drop.openedCell >= GONE_CELLS) becomeChronic(series, drop, cell)
  retell(drop, cell, others)
  return closeDrop(series, drop)
}

/** Takes one more judged cell into an open drop, and returns it once it is over. */
export function updateDrop(series: Series, drop: OpenDrop, { cell, heard, others }: Look): Spike | undefined {
  const { traffic } = series
  if (traffic === undefined) return undefined
  countCell(series, drop, cell)
  const expected = Math.min(drop.expected, expectedTraffic(traffic, cell))
  const recent = sumHeard(traffic, heard, { ago: HOLD_CELLS, length: HOLD_CELLS })
  const lastsCells = cell - drop.openedCell
  const heldFrom = heard.cells[(heard.count - HOLD_CELLS) % WINDOW_CELLS] ?? 0
  const isBack = heldFrom >= drop.onsetCell && recent > 0 && recent >= BACK_SHARE * expected * HOLD_CELLS
  if (isBack) recover(series, drop, { from: firstBusyCell(traffic, heard), to: cell })
  else if (lastsCells >= (traffic.windowSum > 0 ? CHRONIC_CELLS : GONE_CELLS)) becomeChronic(series, drop, cell)
  retell(drop, cell, others)
  return closeDrop(series, drop)
}

function retell(drop: OpenDrop, cell: number, others: Look['others']): void {
  if (cell - drop.updatedCell < RETOLD_CELLS && drop.resolvedCell === undefined) return
  drop.updatedCell = Math.max(drop.updatedCell, cell)
  drop.others = others()
}

function closeDrop(series: Series, drop: OpenDrop): Spike | undefined {
  if (drop.resolvedCell === undefined) return undefined
  series.drop = undefined
  series.lostTraffic = { from: drop.onsetCell, to: drop.resolvedCell }
  return dropToSpike(series, drop)
}

/** What came since the traffic was back is no part of what was missing. */
function recover(series: Series, drop: OpenDrop, { from, to }: { readonly from: number; readonly to: number }): void {
  drop.resolvedCell = from
  for (let cell = from; cell <= to; cell++) {
    drop.requests -= requestsAt(series, cell)
    drop.errors -= errorsAt(series, cell)
  }
}

function becomeChronic({ traffic }: Series, drop: OpenDrop, cell: number): void {
  drop.chronic = true
  drop.resolvedCell = cell
  if (traffic === undefined) return
  traffic.requests = traffic.windowSum
  traffic.cells = WINDOW_CELLS
  traffic.busyCells = traffic.window.reduce((busy, requests) => busy + Number(requests > 0), 0)
}

/** The first of the hold's cells with a request. */
function firstBusyCell(traffic: Traffic, { cells, count }: Heard): number {
  let index = count - HOLD_CELLS
  while (index < count - 1 && (traffic.window[index % WINDOW_CELLS] ?? 0) === 0) index++
  return cells[index % WINDOW_CELLS] ?? 0
}

/** Requests of the `length` judged cells that begin `ago` of them before the next one. */
function sumHeard(
  traffic: Traffic,
  { count }: Heard,
  { ago, length }: { readonly ago: number; readonly length: number },
): number {
  let sum = 0
  for (let index = count - ago; index < count - ago + length; index++) sum += traffic.window[index % WINDOW_CELLS] ?? 0
  return sum
}

/** The drop as the rest of the product knows it. */
export function dropToSpike({ key }: Series, drop: OpenDrop): Spike {
  const { requests, errors, others } = drop
  const endCell = drop.resolvedCell ?? drop.updatedCell + 1
  return {
    id: drop.id,
    env: key.env,
    service: key.service,
    method: null,
    route: null,
    signal: 'traffic_drop',
    onsetAtMs: drop.onsetCell * CELL_MS,
    onsetGuesses: [{ atMs: drop.onsetCell * CELL_MS, weight: 1 }],
    detectedAtMs: (drop.openedCell + 1) * CELL_MS,
    updatedAtMs: (drop.updatedCell + 1) * CELL_MS,
    lastErrorAtMs: drop.onsetCell * CELL_MS,
    resolvedAtMs: drop.resolvedCell === undefined ? null : drop.resolvedCell * CELL_MS,
    baselineRate: drop.baselineRate,
    observedRate: requests > 0 ? errors / requests : 0,
    requests,
    errors,
    excessErrors: 0,
    evidence: drop.evidence,
    alreadyFailing: false,
    chronic: drop.chronic,
    traffic: {
      expectedRequests: drop.expected * (endCell - drop.onsetCell),
      silentSinceMs: requests === 0 ? drop.onsetCell * CELL_MS : null,
      othersKnown: others.known,
      othersSending: others.sending,
    },
    slowness: null,
    errorStatuses: SERVER_ERRORS,
  }
}
