import { FAULT_KINDS } from '../worlds/faults.ts'
import type { TrueFault } from '../worlds/truth.ts'
import type { Judgment } from './judge.ts'
import { delayOf, onlyFaults, type Score, scoreJudgments } from './score.ts'
import { type Proportion, quantile } from './statistics.ts'
import { renderTable } from './text-table.ts'

/** What was tried, and how each world went, in the order of the worlds. */
export interface Tried {
  readonly name: string
  readonly judgments: readonly Judgment[]
}

/** What the columns of `renderDetection` mean. */
export const DETECTION_LEGEND = [
  'FA: false alarms per 100 service-days. delay, floor: p50/p90 in seconds of the faults found; the',
  'floor is when the expected evidence of the true fault reaches 20 nats. onset: p50 of its error,',
  'seconds. inc.: incidents per fault. 5 %, 1 %: share of errors over five minutes; burn rate: the',
  'multi-window one of the SRE workbook for 99.9 %; 3 sigma, EWMA (4 sigma): of one minute; MAD: six of',
  'them over five minutes; z-score: as SigNoz has it, with daily season. latest change: the newest of',
  'the service in the half hour before.',
].join('\n')

/** How well faults are found, a row each; `subject` says what the rows are. */
export function renderDetection(subject: string, tried: readonly Tried[]): string {
  const header = [...[subject, 'faults', 'recall', 'precision', 'FA'], ...['delay', 'floor', 'onset', 'inc.']]
  return renderTable(
    header,
    tried.map(({ name, judgments }) => detectionRow(name, scoreJudgments(judgments))),
  )
}

function detectionRow(name: string, score: Score): string[] {
  return [
    name,
    String(score.recall.of),
    withInterval(score.recall),
    withInterval(score.precision),
    score.falseAlarmsPer100ServiceDays.toFixed(1),
    `${inSeconds(score.delayP50)}/${inSeconds(score.delayP90)}`,
    `${inSeconds(score.floorP50)}/${inSeconds(score.floorP90)}`,
    inSeconds(score.onsetErrorP50),
    Number.isNaN(score.incidentsPerFault) ? '–' : score.incidentsPerFault.toFixed(2),
  ]
}

/** One part of the faults. */
export interface Slice {
  readonly name: string
  readonly keep: (fault: TrueFault) => boolean
}

export const KIND_SLICES: readonly Slice[] = FAULT_KINDS.map((kind) => ({
  name: kind,
  keep: (fault) => fault.kind === kind,
}))

const TRAFFIC_BANDS = [0, 0.3, 1, 5, 20, Number.POSITIVE_INFINITY]
/** By the requests per second that a fault can hurt. */
export const TRAFFIC_SLICES: readonly Slice[] = TRAFFIC_BANDS.slice(1).map((below, i) => {
  const from = TRAFFIC_BANDS[i] ?? 0
  const name = Number.isFinite(below) ? `${from}–${below} req/s` : `over ${from} req/s`
  return { name, keep: ({ requestsPerSecond }) => requestsPerSecond >= from && requestsPerSecond < below }
})

/** Recall with its interval, and delay p50 in seconds, of each rule in each part of the faults. */
export function renderSlices(slices: readonly Slice[], tried: readonly Tried[]): string {
  return renderTable(
    ['recall, delay p50', ...tried.map(({ name }) => name)],
    slices.flatMap(({ name, keep }) => {
      const scores = tried.map(({ judgments }) => scoreJudgments(onlyFaults(judgments, keep)))
      const faults = scores[0]?.recall.of ?? 0
      return faults === 0 ? [] : [[`${name} (${faults})`, ...scores.map(recallAndDelay)]]
    }),
  )
}

function recallAndDelay({ recall, delayP50 }: Score): string {
  return `${hundredths(recall.share)} (${hundredths(recall.low)}–${hundredths(recall.high)}) ${inSeconds(delayP50)}`
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]

/** How late the alarms come, against the floor of the same faults, in seconds. */
export function renderDelays({ judgments }: Tried): string {
  const found = judgments
    .flatMap(({ faults }) => faults)
    .filter(({ detectable, findings }) => detectable && findings.length > 0)
  const row = (name: string, values: readonly number[], say: (value: number) => string): string[] => [
    name,
    ...SHARES.map((share) => say(quantile(values, share))),
  ]
  return renderTable(
    ['delay of all found faults', ...SHARES.map((share) => `p${share * 100}`)],
    [
      row('delay, s', found.map(delayOf), inSeconds),
      row(
        'its floor, s',
        found.map(({ floorMs }) => floorMs),
        inSeconds,
      ),
      row(
        'delay less its own floor, s',
        found.map((fault) => delayOf(fault) - fault.floorMs),
        inSeconds,
      ),
      row(
        'delay over its own floor',
        found.map((fault) => delayOf(fault) / fault.floorMs),
        (ratio) => ratio.toFixed(2),
      ),
    ],
  )
}

/** A share with its 95 % interval. */
export function withInterval({ share, low, high, of }: Proportion): string {
  return of === 0 ? '–' : `${share.toFixed(3)} ${hundredths(low)}–${hundredths(high)}`
}

/** Without the zero before the point. */
function hundredths(share: number): string {
  return share.toFixed(2).replace(/^0/, '')
}

export function inSeconds(ms: number): string {
  return Number.isFinite(ms) ? String(Math.round(ms / 1_000)) : '–'
}
