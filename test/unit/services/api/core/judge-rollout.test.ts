import { expect, test } from 'vitest'
import { judgeRollout } from '../../../../../services/api/core/judge-rollout.ts'
import type { Stratum } from '../../../../../shared/domain/compare-groups.ts'
import {
  BAD_ROLLOUTS,
  drawSlice,
  healthyRollout,
  MINUTES_A_STEP,
  ROLLOUT_STEPS,
  type Rollout,
} from '../../../../support/rollout-traffic.ts'
import { createPrng, type Prng } from '../../../../worlds/prng.ts'

/** Looks every minute, as the command does; the step at which it is stopped, or undefined, and whether it was called healthy. */
function run(prng: Prng, rollout: Rollout): { stoppedAtStep: number | undefined; isHealthy: boolean } {
  const strata: Stratum[] = []
  const { correlation } = rollout
  for (const [step, share] of ROLLOUT_STEPS.entries()) {
    for (let minute = 0; minute < MINUTES_A_STEP; minute++) {
      strata.push(drawSlice(prng, rollout, { share, minutes: 1 }))
      const { verdict } = judgeRollout({ strata, correlation })
      if (verdict === 'harmful') return { stoppedAtStep: step, isHealthy: false }
    }
  }
  return { stoppedAtStep: undefined, isHealthy: judgeRollout({ strata, correlation }).verdict === 'healthy' }
}

test('two hundred healthy rollouts pass, whatever is normal for their service', () => {
  const prng = createPrng('healthy rollouts')
  for (let n = 0; n < 200; n++) {
    const rollout = healthyRollout(n)
    expect(run(prng.fork(`${n}`), rollout), JSON.stringify(rollout)).toEqual({
      stoppedAtStep: undefined,
      isHealthy: true,
    })
  }
})

test.each(BAD_ROLLOUTS)(
  'from $rate to $newRate of the requests failing, at $requestsPerMinute a minute, it is stopped at its first step',
  (rollout) => {
    const prng = createPrng('bad rollouts')
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
