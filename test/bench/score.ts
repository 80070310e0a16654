import type { TrueFault } from '../worlds/truth.ts'
import type { Finding, JudgedFault, Judgment } from './judge.ts'
import { calibrationError, type Forecast, type Proportion, quantile, wilson } from './statistics.ts'

/** From this probability on a suspect is blamed. */
export const BLAME_AT = 0.5

/** How well one detector did over some worlds. Times are milliseconds. */
export interface Score {
  readonly worlds: number
  readonly faults: number
  /** Too small to be asked for; all but `precision` and the false alarms leave them out. */
  readonly undetectable: number
  readonly recall: Proportion
  /** Incidents that match a fault, of all. */
  readonly precision: Proportion
  readonly falseAlarmsPer100ServiceDays: number
  readonly delayP50: number
  readonly delayP90: number
  /** Of the faults that were found, as the delays are. */
  readonly floorP50: number
  readonly floorP90: number
  readonly onsetErrorP50: number
  readonly incidentsPerFault: number
  readonly rightSuspect: Proportion
  /** The guilty one is the likeliest suspect, however unlikely. */
  readonly rightFirst: Proportion
  /** Of the faults that no change caused. */
  readonly innocentBlamed: Proportion
  /** Of the faults that a change caused: another one blamed. */
  readonly wrongChangeBlamed: Proportion
  /** Either: of all faults, those for which a change was blamed that did not do it. */
  readonly anotherBlamed: Proportion
  readonly calibrationError: number
  readonly rootService: Proportion
}

/** Pools the judgments of several worlds into one score. */
export function scoreJudgments(judgments: readonly Judgment[]): Score {
  const all = judgments.flatMap(({ faults }) => faults)
  const faults = all.filter(({ detectable }) => detectable)
  const found = faults.filter(({ findings }) => findings.length > 0)
  const matched = all.reduce((sum, { findings }) => sum + findings.length, 0)
  const falseAlarms = judgments.reduce((sum, judgment) => sum + judgment.falseAlarms.length, 0)
  const serviceDays = judgments.reduce((sum, judgment) => sum + judgment.serviceDays, 0)
  const delays = found.map(delayOf)
  const guilty = faults.filter(({ fault }) => fault.culpritChangeId !== null)
  const guiltless = faults.filter(({ fault }) => fault.culpritChangeId === null)
  const cascades = found.filter(({ fault }) => fault.kind === 'cascade')
  const floors = found.map(({ floorMs }) => floorMs)
  return {
    worlds: judgments.length,
    faults: all.length,
    undetectable: all.length - faults.length,
    recall: wilson(found.length, faults.length),
    precision: wilson(matched, matched + falseAlarms),
    falseAlarmsPer100ServiceDays: (100 * falseAlarms) / serviceDays,
    delayP50: quantile(delays, 0.5),
    delayP90: quantile(delays, 0.9),
    floorP50: quantile(floors, 0.5),
    floorP90: quantile(floors, 0.9),
    onsetErrorP50: quantile(found.map(onsetErrorOf), 0.5),
    incidentsPerFault: found.reduce((sum, { findings }) => sum + findings.length, 0) / found.length,
    rightSuspect: wilson(guilty.filter(namesCulprit).length, guilty.length),
    rightFirst: wilson(guilty.filter(ranksCulpritFirst).length, guilty.length),
    innocentBlamed: wilson(guiltless.filter(blamesAnother).length, guiltless.length),
    wrongChangeBlamed: wilson(guilty.filter(blamesAnother).length, guilty.length),
    anotherBlamed: wilson(faults.filter(blamesAnother).length, faults.length),
    calibrationError: calibrationError(judgments.flatMap(forecastsOf)),
    rootService: wilson(
      cascades.filter(({ fault, findings }) => findings[0]?.service === fault.service).length,
      cascades.length,
    ),
  }
}

/** The same worlds with only those of their faults that are kept, and no false alarms. */
export function onlyFaults(judgments: readonly Judgment[], keep: (fault: TrueFault) => boolean): Judgment[] {
  return judgments.map((judgment) => ({
    ...judgment,
    faults: judgment.faults.filter(({ fault }) => keep(fault)),
    falseAlarms: [],
  }))
}

/** Milliseconds from the true start to the first alarm; 0 when it rang just before. */
export function delayOf({ fault, findings }: JudgedFault): number {
  return Math.max((findings[0]?.detectedMs ?? Number.POSITIVE_INFINITY) - fault.startMs, 0)
}

/** Milliseconds, either way, between the true start and where the first alarm says that it began. */
export function onsetErrorOf({ fault, findings }: JudgedFault): number {
  return Math.abs((findings[0]?.startedMs ?? Number.POSITIVE_INFINITY) - fault.startMs)
}

/** The first alarm blames the guilty change. */
export function namesCulprit({ fault, findings }: JudgedFault): boolean {
  const suspects = findings[0]?.suspects ?? []
  return suspects.some(({ changeId, probability }) => changeId === fault.culpritChangeId && probability >= BLAME_AT)
}

function ranksCulpritFirst({ fault, findings }: JudgedFault): boolean {
  const [first] = (findings[0]?.suspects ?? []).toSorted((a, b) => b.probability - a.probability)
  return first !== undefined && first.changeId === fault.culpritChangeId
}

/** Any of its alarms blames a change that did not do it. */
export function blamesAnother({ fault, findings }: JudgedFault): boolean {
  return findings.some(({ suspects }) =>
    suspects.some(({ changeId, probability }) => changeId !== fault.culpritChangeId && probability >= BLAME_AT),
  )
}

/** Every suspect ever named is a forecast, those of false alarms included. */
export function forecastsOf(judgment: Judgment): Forecast[] {
  return told(judgment).flatMap(({ finding, culprit }) => {
    return finding.suspects.map(({ changeId, probability }) => ({ probability, isTrue: changeId === culprit }))
  })
}

/** The likeliest suspect of every incident alone: the unlikely ones, of which there are many, are easily said right. */
export function firstForecastsOf(judgment: Judgment): Forecast[] {
  return told(judgment).flatMap(({ finding, culprit }) => {
    const [first] = finding.suspects.toSorted((a, b) => b.probability - a.probability)
    return first === undefined ? [] : [{ probability: first.probability, isTrue: first.changeId === culprit }]
  })
}

/** Every incident with the change that did it. */
function told({ faults, falseAlarms }: Judgment): { finding: Finding; culprit: string | null }[] {
  return [
    ...faults.flatMap(({ fault, findings }) =>
      findings.map((finding) => ({ finding, culprit: fault.culpritChangeId })),
    ),
    ...falseAlarms.map((finding) => ({ finding, culprit: null })),
  ]
}
