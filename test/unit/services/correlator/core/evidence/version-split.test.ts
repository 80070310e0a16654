import { expect, test } from 'vitest'
import { weighVersionSplit } from '../../../../../../services/correlator/core/evidence/version-split.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { changeAt, type DrawnLine, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const deploy = changeAt(60, { version: 'v42', previousVersion: 'v41', finishedMinute: 66 })

function splitOf(lines: readonly DrawnLine[], change = deploy) {
  const incident = drawCase(drawLog(lines), [spikeAt(60, { resolvedMinute: 70 })])
  return weighVersionSplit(incident, candidateOf(incident, change))
}

/** v41 gives way to v42 minute by minute from minute 60 to 66. */
const old = { version: 'v41', requests: [...steady(600, 60), 500, 400, 300, 200, 100, 50] }
const fresh = { version: 'v42', requests: [...steady(0, 60), 100, 200, 300, 400, 500, 550, ...steady(600, 4)] }

test('a new version that fails while the old one does not is as good as caught', () => {
  const failures = [...steady(0, 60), 8, 16, 24, 32, 40, 44, ...steady(48, 4)]
  const finding = splitOf([old, { ...fresh, failures }])
  expect(finding?.evidence.logOdds).toBe(7)
  expect(finding?.evidence.text).toBe('v42 fails 8 % of 2,050 requests, v41 at the same time 0 % of 1,550')
  expect(finding?.clears).toBeUndefined()
})

test('a new version that fails like the old one is cleared', () => {
  const finding = splitOf([
    { ...old, failures: [...steady(0, 60), 50, 40, 30, 20, 10, 5] },
    { ...fresh, failures: [...steady(0, 60), 10, 20, 30, 40, 50, 55, ...steady(60, 4)] },
  ])
  expect(finding?.evidence.logOdds).toBeLessThan(-3)
  expect(finding?.clears).toBe('old_version_fails_alike')
})

test('a fault that grows during a rollout is not taken for the new version’s', () => {
  const rate = [0.01, 0.02, 0.04, 0.08, 0.1, 0.1]
  const share = (requests: readonly number[]) => [
    ...steady(0, 60),
    ...rate.map((r, i) => Math.round(r * (requests[60 + i] ?? 0))),
  ]
  const finding = splitOf([
    { ...old, failures: share(old.requests) },
    { ...fresh, failures: share(fresh.requests) },
  ])
  expect(finding?.evidence.logOdds).toBeLessThan(-2)
})

test('one region ahead of the other does not make the region’s own errors the version’s', () => {
  const west = { region: 'west', requests: [...steady(300, 60), ...steady(0, 10)], version: 'v41' }
  const westNew = {
    region: 'west',
    version: 'v42',
    requests: [...steady(0, 60), ...steady(300, 10)],
    failures: [...steady(0, 60), ...steady(60, 10)],
  }
  const east = { region: 'east', version: 'v41', requests: steady(300, 70) }
  expect(splitOf([west, westNew, east])).toBeUndefined()
})

test('says nothing once all traffic is on the new version', () => {
  const failures = [...steady(0, 62), ...steady(60, 8)]
  const swapped = [
    { version: 'v41', requests: steady(600, 60) },
    { version: 'v42', requests: [...steady(0, 60), ...steady(600, 10)], failures },
  ]
  expect(splitOf(swapped)).toBeUndefined()
})

test('without a version tag says nothing', () => {
  const untagged = changeAt(60)
  expect(
    splitOf([{ requests: steady(600, 70), failures: [...steady(0, 60), ...steady(60, 10)] }], untagged),
  ).toBeUndefined()
})

test('a hotfix on top of a bad version is not blamed for what both do', () => {
  const v42 = {
    version: 'v42',
    requests: [...steady(0, 40), ...steady(600, 20), ...steady(300, 10)],
    failures: [...steady(0, 60), ...steady(30, 10)],
  }
  const v43 = {
    version: 'v43',
    requests: [...steady(0, 60), ...steady(300, 10)],
    failures: [...steady(0, 60), ...steady(30, 10)],
  }
  const lines = [{ version: 'v41', requests: steady(600, 40) }, v42, v43]
  expect(splitOf(lines, changeAt(59, { version: 'v43' }))?.clears).toBe('old_version_fails_alike')
})
