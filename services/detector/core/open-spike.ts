import type { OnsetGuess } from '../../../shared/domain/spike.ts'

/** What a series does when nothing is wrong. */
export interface Baseline {
  /** Expected share of requests that end in a server error, 0–1. */
  readonly rate: number
  /** Shape of the gamma distribution of that rate: the errors' worth of knowledge behind it. */
  readonly shape: number
}

/** What is known of a spike that was to be expected: it ends before that cell, and is no worse. */
export interface ExpectedRise {
  readonly untilCell: number
  readonly rate: number
  /** Of a route: only its service's rise was expected. */
  readonly isOfService: boolean
}

/** A spike while it lasts, and for the relapse time after. Cells are numbered from the epoch. */
export interface OpenSpike {
  readonly id: string
  readonly openedCell: number
  /** When it was told: later than it opened where it was to be expected and then was not. */
  detectedCell: number
  /** While nobody is told of it, since it came at this time before. */
  expected: ExpectedRise | undefined
  /** The onset is not looked for before this cell. */
  readonly earliestCell: number
  onsetCell: number
  onsetGuesses: readonly OnsetGuess[]
  /** What was normal when it opened; it does not move while the spike lasts. */
  readonly baseline: Baseline
  alreadyFailing: boolean
  /** Highest surprise seen, nats. */
  evidence: number
  /** Error rate of the most surprising stretch: what recovery is measured against. */
  peakRate: number
  /** From the onset on, and of these what came after the recovery. */
  requests: number
  errors: number
  requestsAfter: number
  errorsAfter: number
  updatedCell: number
  lastErrorCell: number
  resolvedCell: number | undefined
  chronic: boolean
  readonly logBeganCell: number
}
