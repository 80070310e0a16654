import { expect, test } from 'vitest'
import { type Finding, judgeWorld, matches } from '../../bench/judge.ts'
import { onlyFaults, type Score, scoreJudgments } from '../../bench/score.ts'
import {
  bootstrap,
  calibrationBins,
  calibrationError,
  poissonInterval,
  quantile,
  wilson,
} from '../../bench/statistics.ts'
import type { TrueFault } from '../../worlds/truth.ts'

const T0 = Date.UTC(2026, 2, 2, 12)
const minutes = (n: number): number => T0 + n * 60_000

const deploy: TrueFault = {
  ...{ kind: 'bad_deploy', service: 'checkout', callers: [], routes: null, region: null, cause: 'change' },
  ...{ startMs: minutes(0), endMs: minutes(30), culpritChangeId: 'guilty', added: 0.1, rampMs: 0 },
  ...{ requestsPerSecond: 10, extraErrors: 500 },
  evidencePerCell: [8, 8, 8, 30],
}
const outage: TrueFault = {
  ...deploy,
  ...{ kind: 'third_party', service: 'search', cause: 'upstream', culpritChangeId: null },
  ...{ startMs: minutes(100), endMs: minutes(120) },
}
const cascade: TrueFault = {
  ...deploy,
  kind: 'cascade',
  callers: ['gateway'],
  startMs: minutes(200),
  endMs: minutes(220),
}
const tiny: TrueFault = { ...deploy, service: 'stock', startMs: minutes(300), endMs: minutes(320), extraErrors: 3 }

function finding(service: string, minute: number, change: Partial<Finding> = {}): Finding {
  const atMs = minutes(minute)
  return { service, affected: [], startedMs: atMs - 20_000, detectedMs: atMs, suspects: [], note: '', ...change }
}

function score(findings: readonly Finding[], faults: readonly TrueFault[] = [deploy, outage, cascade, tiny]): Score {
  return scoreJudgments([judgeWorld({ seed: 1, serviceDays: 50, deploys: 3, faults }, findings)])
}

test.each([
  ['its own service, while it lasts', finding('checkout', 1), true],
  ['half a minute early', finding('checkout', -0.5), true],
  ['two minutes early', finding('checkout', -2), false],
  ['four minutes after the end', finding('checkout', 34), true],
  ['six minutes after the end', finding('checkout', 36), false],
  ['another service', finding('search', 1), false],
  ['another service that lists it as affected', finding('search', 1, { affected: ['search', 'checkout'] }), true],
])('a finding on %s: matches %s', (_name, found, expected) => {
  expect(matches(found, deploy)).toBe(expected)
})

test('a caller shows its callee only in a cascade', () => {
  expect(matches(finding('gateway', 201), cascade)).toBe(true)
  expect(matches(finding('gateway', 1), deploy)).toBe(false)
})

test('counts what was found, missed and made up', () => {
  const result = score([finding('checkout', 1), finding('checkout', 2), finding('search', 101), finding('cart', 50)])
  expect([result.faults, result.undetectable]).toEqual([4, 1])
  expect([result.recall.hits, result.recall.of]).toEqual([2, 3])
  expect([result.precision.hits, result.precision.of]).toEqual([3, 4])
  expect(result.falseAlarmsPer100ServiceDays).toBe(2)
  expect(result.incidentsPerFault).toBe(1.5)
})

test('what is too small to be asked for is neither missed nor a false alarm when found', () => {
  const result = score([finding('stock', 301)], [tiny])
  expect(result.recall.of).toBe(0)
  expect(result.precision).toMatchObject({ hits: 1, of: 1 })
})

test('delay, onset and floor are measured from the true start', () => {
  const result = score([finding('checkout', 1), finding('checkout', 9)], [deploy])
  expect([result.delayP50, result.onsetErrorP50, result.floorP50]).toEqual([60_000, 40_000, 30_000])
})

test('an alarm that rings just before the fault has no delay', () => {
  expect(score([finding('checkout', -0.5)], [deploy]).delayP50).toBe(0)
})

const suspects = (changeId: string, probability: number): Partial<Finding> => ({
  suspects: [{ changeId, probability }],
})

test('a culprit is named only at even odds or better, by the first alarm', () => {
  expect(score([finding('checkout', 1, suspects('guilty', 0.5))], [deploy]).rightSuspect.share).toBe(1)
  expect(score([finding('checkout', 1, suspects('guilty', 0.4))], [deploy]).rightSuspect.share).toBe(0)
  expect(
    score([finding('checkout', 1), finding('checkout', 2, suspects('guilty', 0.9))], [deploy]).rightSuspect.share,
  ).toBe(0)
  expect(score([], [deploy]).rightSuspect.share).toBe(0)
})

test('blaming a change that did not do it counts by whether another one did', () => {
  const result = score(
    [finding('checkout', 1, suspects('innocent', 0.8)), finding('search', 101, suspects('innocent', 0.6))],
    [deploy, outage],
  )
  expect(result.innocentBlamed).toMatchObject({ hits: 1, of: 1 })
  expect(result.wrongChangeBlamed).toMatchObject({ hits: 1, of: 1 })
})

test('the root of a cascade is the callee, not who shows it', () => {
  expect(score([finding('gateway', 201, { affected: ['checkout'] })], [cascade]).rootService.share).toBe(0)
  expect(score([finding('checkout', 201)], [cascade]).rootService.share).toBe(1)
})

test('Wilson intervals agree with published values', () => {
  const { low, high } = wilson(8, 10)
  expect(low).toBeCloseTo(0.4902, 4)
  expect(high).toBeCloseTo(0.9433, 4)
  expect(wilson(0, 20).low).toBe(0)
  expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4)
})

test('quantiles are values that occurred', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2)
  expect(quantile([1, Number.POSITIVE_INFINITY], 0.9)).toBe(Number.POSITIVE_INFINITY)
  expect(quantile([], 0.5)).toBeNaN()
})

test('forecasts that come true as often as they say have no calibration error', () => {
  const forecasts = Array.from({ length: 10 }, (_, i) => ({ probability: 0.9, isTrue: i > 0 }))
  expect(calibrationError(forecasts)).toBeCloseTo(0, 12)
  expect(calibrationError(forecasts.map(({ probability }) => ({ probability, isTrue: false })))).toBeCloseTo(0.9, 12)
})

test('calibration bins tell what was said and what came true', () => {
  const forecasts = [0.91, 0.95, 0.99, 0.2].map((probability) => ({ probability, isTrue: probability > 0.92 }))
  const [low, high] = calibrationBins(forecasts)
  expect(low).toMatchObject({ from: 0.2, true: { hits: 0, of: 1 } })
  expect(high).toMatchObject({ from: 0.9, true: { hits: 2, of: 3 } })
  expect(high?.said).toBeCloseTo(0.95, 12)
})

test('no events in some exposure still leave room for a rate', () => {
  expect(poissonInterval(0, 10).low).toBe(0)
  expect(poissonInterval(0, 10).high).toBeCloseTo(0.384, 3)
  // Rao's score interval of 10 events: 5.43 to 18.41.
  expect(poissonInterval(10, 1).low).toBeCloseTo(5.432, 2)
  expect(poissonInterval(10, 1).high).toBeCloseTo(18.41, 2)
})

test('a bootstrap of like worlds has no width, of unlike ones it has', () => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(bootstrap([3, 3, 3], mean)).toEqual({ low: 3, high: 3 })
  const { low, high } = bootstrap(
    Array.from({ length: 100 }, (_, i) => i),
    mean,
  )
  // The standard error of this mean is 2.9.
  expect(low).toBeGreaterThan(42)
  expect(low).toBeLessThan(46)
  expect(high).toBeGreaterThan(53)
  expect(high).toBeLessThan(57)
})

test('one part of the faults is scored without the false alarms', () => {
  const judged = judgeWorld({ seed: 1, serviceDays: 50, deploys: 3, faults: [deploy, outage] }, [finding('cart', 50)])
  const [only] = onlyFaults([judged], ({ kind }) => kind === 'third_party')
  expect(only?.faults.map(({ fault }) => fault.service)).toEqual(['search'])
  expect(only?.falseAlarms).toEqual([])
})
