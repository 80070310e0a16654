import { expect, test } from 'vitest'
import { weighLag } from '../../../../../../services/correlator/core/evidence/lag.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { atMinute, changeAt, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const rows = drawLog([{ requests: steady(120, 150) }])
const incident = drawCase(rows, [spikeAt(120)])

function lagOf(change: Parameters<typeof changeAt>) {
  const finding = weighLag(incident, candidateOf(incident, changeAt(...change)))
  return { logOdds: finding?.evidence.logOdds ?? Number.NaN, text: finding?.evidence.text }
}

test.each([
  ['half a minute before', 119.5, 'first errors 30 s after it'],
  ['in the same cell', 120, 'first errors as it took effect'],
  ['two minutes before', 118, 'first errors 2 min after it'],
])('a change %s the onset is strong evidence', (_, minute, text) => {
  const lag = lagOf([minute])
  expect(lag.text).toBe(text)
  expect(lag.logOdds).toBeGreaterThan(1.5)
})

test('the nearer of two changes is the likelier', () => {
  const lags = [119.5, 118, 114, 100, 60].map((minute) => lagOf([minute, { kind: 'config' }]).logOdds)
  expect(lags).toEqual(lags.toSorted((a, b) => b - a))
})

test('a rollout that holds the onset beats one that was over an hour before', () => {
  const during = lagOf([115, { finishedMinute: 123 }])
  expect(during.text).toBe('first errors 5 min into it')
  expect(during.logOdds).toBeGreaterThan(lagOf([55, { finishedMinute: 60 }]).logOdds + 1)
})

test('a deploy that ended half an hour before can be a slow burn, a flag hardly', () => {
  const deploy = lagOf([85, { finishedMinute: 88 }])
  expect(deploy.text).toBe('first errors 32 min after it finished')
  expect(deploy.logOdds).toBeGreaterThan(lagOf([88, { kind: 'feature_flag' }]).logOdds + 1)
  expect(deploy.logOdds).toBeGreaterThan(lagOf([20, { finishedMinute: 23 }]).logOdds + 1)
})

test('a change recorded a minute late is neither cleared nor believed', () => {
  const late = lagOf([121])
  expect(late.text).toBe('recorded 60 s after the first errors, about as far as clocks differ')
  expect(Math.abs(late.logOdds)).toBeLessThan(1)
})

test('an onset that may lie anywhere in ten minutes says less than one known to the second', () => {
  const guesses = Array.from({ length: 60 }, (_, cell) => ({ atMs: atMinute(115) + cell * 10_000, weight: 1 / 60 }))
  const vague = drawCase(rows, [spikeAt(120, { onsetGuesses: guesses })])
  const change = changeAt(119.5)
  const logOdds = weighLag(vague, candidateOf(vague, change))?.evidence.logOdds ?? Number.NaN
  expect(logOdds).toBeLessThan(lagOf([119.5]).logOdds - 0.5)
  expect(logOdds).toBeGreaterThan(1)
})

test('a thin service’s onset may be where one route’s spike has it', () => {
  const wide = spikeAt(120, { evidence: 60, detectedAtMs: atMinute(125) })
  const route = spikeAt(104, { method: 'POST', route: '/pay', evidence: 40, detectedAtMs: atMinute(125) })
  const change = changeAt(103.5, { kind: 'config' })
  const logOddsOf = (spikes: readonly (typeof wide)[]) => {
    const drawn = drawCase(rows, spikes)
    expect(drawn.onsetAtMs).toBe(atMinute(120))
    return weighLag(drawn, candidateOf(drawn, change))?.evidence.logOdds ?? Number.NaN
  }
  expect(logOddsOf([wide, route])).toBeGreaterThan(logOddsOf([wide]) + 2)
})

test('where the log begins inside the fault, when it began counts for no change', () => {
  const within = drawCase(rows, [spikeAt(0, { alreadyFailing: true })])
  const finding = weighLag(within, candidateOf(within, changeAt(-10)))
  expect(finding?.evidence).toMatchObject({
    logOdds: -3,
    text: expect.stringContaining('already failing when the log begins'),
  })
})

test('a flag four minutes before is likelier where a failure comes once a minute than where ten come a second', () => {
  const lagWith = (excessErrors: number) => {
    const drawn = drawCase(rows, [spikeAt(120, { excessErrors, resolvedMinute: 140 })])
    return weighLag(drawn, candidateOf(drawn, changeAt(116, { kind: 'feature_flag' })))?.evidence.logOdds ?? Number.NaN
  }
  expect(lagWith(20)).toBeGreaterThan(lagWith(12_000) + 0.5)
})

test('a config minutes before is likelier where errors climb than where they are up at once', () => {
  const lagOfRise = (riseMs: number) => {
    const drawn = { ...incident, riseMs }
    return weighLag(drawn, candidateOf(drawn, changeAt(114, { kind: 'config' })))?.evidence.logOdds ?? Number.NaN
  }
  expect(lagOfRise(600_000)).toBeGreaterThan(lagOfRise(0))
})

test('errors that climb speak for the deploy of half an hour before and against the setting of three minutes before', () => {
  const lagsOf = (climbLogOdds: number) => {
    const drawn = { ...incident, course: { ...incident.course, climbLogOdds } }
    const weigh = (change: ReturnType<typeof changeAt>) => weighLag(drawn, candidateOf(drawn, change))?.evidence
    return { deploy: weigh(changeAt(85, { finishedMinute: 88 })), config: weigh(changeAt(117, { kind: 'config' })) }
  }
  const [climbing, atOnce] = [lagsOf(4), lagsOf(-4)]
  expect(climbing.deploy?.logOdds).toBeGreaterThan((atOnce.deploy?.logOdds ?? 0) + 2)
  expect(climbing.config?.logOdds).toBeLessThan(atOnce.config?.logOdds ?? 0)
  expect(climbing.deploy?.text).toBe('first errors 32 min after it finished, climbing since')
  expect(atOnce.deploy?.text).toBe('first errors 32 min after it finished')
})

test('what spreads with its rollout may climb as much as it likes', () => {
  const logOddsOf = (climbLogOdds: number) => {
    const drawn = { ...incident, course: { ...incident.course, climbLogOdds } }
    return weighLag(drawn, candidateOf(drawn, changeAt(119, { finishedMinute: 125 })))?.evidence.logOdds ?? Number.NaN
  }
  expect(logOddsOf(5)).toBeCloseTo(logOddsOf(-5), 1)
})
