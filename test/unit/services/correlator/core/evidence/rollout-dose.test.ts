import { expect, test } from 'vitest'
import { weighRolloutDose } from '../../../../../../services/correlator/core/evidence/rollout-dose.ts'
import { DEFAULT_SETTINGS } from '../../../../../../services/correlator/core/settings.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { changeAt, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const deploy = changeAt(120, { finishedMinute: 126 })

/** Requests of an untagged log that fail from minute 120 on, so many of 600 each minute. */
function doseOf(failures: readonly number[], change = deploy) {
  const rows = drawLog([{ requests: steady(600, 150), failures: [...steady(0, 120), ...failures] }])
  const incident = drawCase(rows, [spikeAt(120, { observedRate: 0.1 })])
  return weighRolloutDose(incident, candidateOf(incident, change))?.evidence
}

test('errors that rise as the rollout proceeds and then stay speak for it', () => {
  const evidence = doseOf([10, 20, 30, 40, 50, 60, ...steady(60, 24)])
  expect(evidence?.kind).toBe('dose')
  expect(evidence?.logOdds).toBeGreaterThan(0.5)
  expect(evidence?.text).toBe('6 % fail from the first errors to the end of the rollout, 10 % after it')
})

test('errors that are all there while a sixth of the rollout is done speak against it', () => {
  expect(doseOf(steady(60, 30))?.logOdds).toBeLessThan(-1)
})

test('of the rollout of what it calls a caller has the dose as well', () => {
  const settings = { ...DEFAULT_SETTINGS, services: { checkout: { calls: ['payments'] } } }
  const doseAtCaller = (failures: readonly number[]) => {
    const rows = drawLog([{ requests: steady(600, 150), failures: [...steady(0, 120), ...failures], status: 502 }])
    const incident = drawCase(rows, [spikeAt(120, { observedRate: 0.1 })], settings)
    const candidate = candidateOf(incident, { ...deploy, service: 'payments' })
    return weighRolloutDose(incident, candidate)?.evidence.logOdds
  }
  expect(doseAtCaller([10, 20, 30, 40, 50, 60, ...steady(60, 24)])).toBeGreaterThan(0.5)
  expect(doseAtCaller(steady(60, 30))).toBeLessThan(-1)
})

test('that the onset is in the midst of a cell is no dose', () => {
  const rows = drawLog([{ requests: steady(600, 150), failures: [...steady(0, 120), ...steady(60, 30)] }])
  const late = rows.map((row) => {
    const isOnset = row.status === 500 && row.atMs === spikeAt(120).onsetAtMs
    return isOnset ? { ...row, count: Math.round(row.count / 5) } : row
  })
  const incident = drawCase(late, [spikeAt(120, { observedRate: 0.1 })])
  expect(weighRolloutDose(incident, candidateOf(incident, deploy))?.evidence.logOdds).toBe(
    doseOf(steady(60, 30))?.logOdds,
  )
})

test('nothing is said of a time after the rollout that was not seen', () => {
  const rows = drawLog([{ requests: steady(600, 123), failures: [...steady(0, 120), ...steady(60, 3)] }])
  const incident = drawCase(rows, [spikeAt(120, { observedRate: 0.1, resolvedMinute: 123 })])
  const evidence = weighRolloutDose(incident, candidateOf(incident, deploy))?.evidence
  expect(evidence?.text).toBe('10 % fail while the rollout goes on')
})

test('errors that climb on long after the rollout is done are not its dose', () => {
  const climbing = Array.from({ length: 30 }, (_, minute) => Math.min(4 * minute, 60))
  expect(doseOf(climbing)?.logOdds).toBeLessThan(0.5)
})

test('a change that takes no time has no dose, nor one that was done before the first errors', () => {
  expect(doseOf(steady(60, 30), changeAt(120))).toBeUndefined()
  expect(doseOf(steady(60, 30), changeAt(110, { finishedMinute: 116 }))).toBeUndefined()
})

test('with version tags the share of the new version is what was served, whatever was recorded', () => {
  const rows = drawLog([
    { version: 'v41', requests: [...steady(600, 120), ...steady(300, 3), ...steady(0, 27)] },
    {
      version: 'v42',
      requests: [...steady(0, 120), ...steady(300, 3), ...steady(600, 27)],
      failures: [...steady(0, 120), ...steady(30, 3), ...steady(60, 27)],
    },
  ])
  const incident = drawCase(rows, [spikeAt(120, { observedRate: 0.1 })])
  const candidate = candidateOf(incident, { ...deploy, version: 'v42', finishedAtMs: deploy.startedAtMs + 180_000 })
  expect(weighRolloutDose(incident, candidate)?.evidence.logOdds).toBeGreaterThan(0.5)
})
