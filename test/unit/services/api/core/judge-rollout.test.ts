import { expect, test } from 'vitest'
import { judgeRollout } from '../../../../../services/api/core/judge-rollout.ts'
import type { Stratum } from '../../../../../shared/domain/compare-groups.ts'
import { beta, binomial } from '../../../../worlds/distributions.ts'
import { createPrng, type Prng } from '../../../../worlds/prng.ts'

interface Rollout {
  /** Share of the traffic that goes to the version in each of its steps. */
  readonly shares: readonly number[]
  readonly rate: number
  readonly newRate: number
  readonly requestsPerMinute: number
  /** How errors of both cluster by the minute. */
  readonly correlation: number
}

const MINUTES_A_STEP = 10

/** Looks every minute, as the command does; the step at which it is stopped, or undefined, and whether it was called healthy. */
function run(prng: Prng, rollout: Rollout): { stoppedAtStep: number | undefined; isHealthy: boolean } {
  const strata: Stratum[] = []
  const { rate, newRate, requestsPerMinute, correlation } = rollout
  for (const [step, share] of rollout.shares.entries()) {
    for (let minute = 0; minute < MINUTES_A_STEP; minute++) {
      const exposedRequests = Math.round(requestsPerMinute * share)
      const otherRequests = requestsPerMinute - exposedRequests
      const level = correlation === 0 ? 1 : beta(prng, shapeOf(rate, correlation)) / rate
      strata.push({
        ...{ exposedRequests, otherRequests },
        exposedErrors: binomial(prng, exposedRequests, Math.min(newRate * level, 1)),
        otherErrors: binomial(prng, otherRequests, Math.min(rate * level, 1)),
      })
      const { verdict } = judgeRollout({ strata, correlation })
      if (verdict === 'harmful') return { stoppedAtStep: step, isHealthy: false }
    }
  }
  return { stoppedAtStep: undefined, isHealthy: judgeRollout({ strata, correlation }).verdict === 'healthy' }
}

function shapeOf(rate: number, correlation: number) {
  const size = 1 / correlation - 1
  return { a: rate * size, b: (1 - rate) * size }
}

const STEPS = [0.05, 0.25, 0.5]

test('two hundred healthy rollouts pass, whatever is normal for their service', () => {
  const prng = createPrng('healthy rollouts')
  for (let n = 0; n < 200; n++) {
    const rate = [0, 0.0005, 0.002, 0.01, 0.05][n % 5] ?? 0
    const correlation = rate === 0 || n % 2 === 0 ? 0 : 0.002
    const rollout = { shares: STEPS, rate, newRate: rate, requestsPerMinute: 300 + (n % 7) * 400, correlation }
    expect(run(prng.fork(`${n}`), rollout), JSON.stringify(rollout)).toEqual({
      stoppedAtStep: undefined,
      isHealthy: true,
    })
  }
})

test.each([
  [0.002, 0.05, 2_000],
  [0, 0.03, 2_000],
  [0.01, 0.1, 1_000],
  [0.001, 0.5, 200],
])(
  'from %d to %d of the requests failing, at %d a minute, it is stopped at its first step',
  (rate, newRate, requestsPerMinute) => {
    const prng = createPrng('bad rollouts')
    const rollout = { shares: STEPS, rate, newRate, requestsPerMinute, correlation: 0 }
    const stops = Array.from({ length: 20 }, (_, n) => run(prng.fork(`${n}`), rollout).stoppedAtStep)
    expect(stops).toEqual(stops.map(() => 0))
  },
)

test('without traffic to tell by it says so, and what it would take', () => {
  const stratum = { exposedRequests: 40, exposedErrors: 0, otherRequests: 10_000, otherErrors: 10 }
  expect(judgeRollout({ strata: [stratum], correlation: 0 })).toMatchObject({
    ...{ verdict: 'too_little_traffic', isSettled: false, requestsNeeded: 600 },
  })
  expect(judgeRollout({ strata: [], correlation: 0 })).toMatchObject({
    verdict: 'too_little_traffic',
    isSettled: false,
  })
})

test('what much traffic shows to be alike is settled before the time is over', () => {
  const stratum = { exposedRequests: 10_000, exposedErrors: 20, otherRequests: 10_000, otherErrors: 22 }
  expect(judgeRollout({ strata: [stratum], correlation: 0 })).toMatchObject({ verdict: 'healthy', isSettled: true })
})
