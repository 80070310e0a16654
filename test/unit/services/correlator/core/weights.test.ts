import { expect, test } from 'vitest'
import {
  CAUSE_PRIORS,
  CHANGE_PRIORS,
  CLIMBING_SHARE_OF_OTHERS,
  CLIMBING_SHARES,
  EVIDENCE_LIMITS,
  EVIDENCE_WEIGHTS,
  LAG_PARTS,
  MODEL_DOUBT,
  PRIOR_WINDOW_MS,
  REASONED_WEIGHTS,
  RELATION_LOG_ODDS,
  STATUS_PROFILES,
  STEEPNESS,
  UNFINISHED_PRIOR_FACTOR,
} from '../../../../../services/correlator/core/weights.ts'
import { CHANGE_KINDS } from '../../../../../shared/domain/change.ts'
import { EVIDENCE_KINDS, NON_CHANGE_CAUSES } from '../../../../../shared/domain/incident.ts'

function sumOf(parts: object): number {
  return Object.values(parts).reduce((sum: number, part: unknown) => sum + Number(part), 0)
}

test('every kind of change and every other cause has a prior chance, and each is small', () => {
  expect(Object.keys(CHANGE_PRIORS).toSorted()).toEqual(CHANGE_KINDS.toSorted())
  expect(Object.keys(CAUSE_PRIORS).toSorted()).toEqual(NON_CHANGE_CAUSES.toSorted())
  for (const prior of [...Object.values(CHANGE_PRIORS), ...Object.values(CAUSE_PRIORS)]) {
    expect(prior).toBeGreaterThan(0)
    expect(prior).toBeLessThanOrEqual(0.01)
  }
  expect(PRIOR_WINDOW_MS).toBe(7_200_000)
})

test('going back to what ran well is the least suspicious of changes', () => {
  expect(Math.min(...Object.values(CHANGE_PRIORS))).toBe(CHANGE_PRIORS.rollback)
})

test('what did not always take effect is less suspicious, not innocent', () => {
  expect(UNFINISHED_PRIOR_FACTOR).toBeGreaterThan(0)
  expect(UNFINISHED_PRIOR_FACTOR).toBeLessThan(1)
})

test('nowhere does a change weigh more than on the root, and nowhere nothing', () => {
  expect(RELATION_LOG_ODDS.root).toBe(0)
  for (const logOdds of Object.values(RELATION_LOG_ODDS)) {
    expect(logOdds).toBeLessThanOrEqual(0)
    expect(logOdds).toBeGreaterThan(-5)
  }
})

test.each(EVIDENCE_KINDS)('%s counts for something and never for twice what it says, and its limits hold 0', (kind) => {
  expect(EVIDENCE_WEIGHTS[kind]).toBeGreaterThan(0)
  expect(EVIDENCE_WEIGHTS[kind]).toBeLessThanOrEqual(1.5)
  expect(REASONED_WEIGHTS[kind]).toBeGreaterThan(0)
  expect(REASONED_WEIGHTS[kind]).toBeLessThanOrEqual(1)
  const [lowest, highest] = EVIDENCE_LIMITS[kind]
  expect(Number.isFinite(lowest) && Number.isFinite(highest)).toBe(true)
  expect(lowest).toBeLessThanOrEqual(0)
  expect(highest).toBeGreaterThanOrEqual(0)
  expect(highest).toBeGreaterThan(lowest)
})

test('what can only speak for a change never speaks against it, and the other way round', () => {
  expect(EVIDENCE_LIMITS.churn[0]).toBe(0)
  expect(EVIDENCE_LIMITS.already_there[1]).toBe(0)
})

test('the posterior is a little steeper than what was reasoned, and not by much', () => {
  expect(STEEPNESS).toBeGreaterThanOrEqual(1)
  expect(STEEPNESS).toBeLessThanOrEqual(1.5)
})

test('some doubt in the model is always kept, and little', () => {
  expect(MODEL_DOUBT).toBeGreaterThan(0)
  expect(MODEL_DOUBT).toBeLessThanOrEqual(0.01)
})

test.each(Object.entries(LAG_PARTS))('the parts of where a %s change’s onset lies sum to 1', (_, parts) => {
  expect(sumOf(parts)).toBeCloseTo(1, 12)
  expect(Math.min(...Object.values(parts))).toBeGreaterThan(0)
})

test('leaks climb, what is broken from the start is up at once', () => {
  expect(Object.keys(CLIMBING_SHARES).toSorted()).toEqual(Object.keys(LAG_PARTS.gradual).toSorted())
  for (const share of [...Object.values(CLIMBING_SHARES), CLIMBING_SHARE_OF_OTHERS]) {
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(1)
  }
  expect(CLIMBING_SHARES.slow).toBeGreaterThan(CLIMBING_SHARE_OF_OTHERS)
  expect(CLIMBING_SHARES.fast).toBeLessThan(CLIMBING_SHARE_OF_OTHERS)
})

test.each(Object.entries(STATUS_PROFILES))(
  'the errors that %s makes divide into shares of 1, none impossible',
  (_, shares) => {
    expect(sumOf(shares)).toBeCloseTo(1, 12)
    expect(Math.min(...Object.values(shares))).toBeGreaterThan(0)
  },
)
