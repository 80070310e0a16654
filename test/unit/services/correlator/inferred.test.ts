import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../../../services/correlator/service.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeAt, drawLog, spikeAt, steady } from './drawn-log.ts'
import { readDrawnLog } from './read-drawn-log.ts'

const quiet = steady(0, 118)
const log = drawLog([
  { version: 'v41', requests: [...steady(600, 118), ...steady(300, 22)] },
  { version: 'v42', requests: [...quiet, ...steady(300, 22)], failures: [...quiet, ...steady(30, 22)] },
])

async function tell(changes: readonly Change[]) {
  const input = { spikes: [spikeAt(118)], changes, settings: DEFAULT_SETTINGS }
  const [incident] = await correlateSpikes(readDrawnLog(log), input)
  return incident
}

test('a deploy that nobody reported is blamed, and said to be inferred from the log', async () => {
  const incident = await tell([changeAt(90, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })])
  expect(incident?.suspects[0]).toMatchObject({
    probability: expect.closeTo(0.99, 1),
    change: { kind: 'deploy', version: 'v42', previousVersion: 'v41', source: 'inferred' },
  })
  expect(incident?.recommendation).toMatchObject({
    action: 'rollback',
    toVersion: 'v41',
    cautions: ['nobody reported deploy v42: it is inferred from the version that the log names'],
  })
})

test('once it is reported, the report is the suspect and nothing is inferred', async () => {
  const incident = await tell([changeAt(117, { id: 'v42', version: 'v42' })])
  expect(incident?.suspects.map(({ changeId }) => changeId)).toEqual(['v42'])
})
