import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../../../services/correlator/service.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import { atMinute, changeAt, drawLog, spikeAt, steady } from './drawn-log.ts'
import { readDrawnLog } from './read-drawn-log.ts'

test('a rollback that did not help withdraws the blame, and the next suspect is named with it', async () => {
  const deploy = changeAt(119.5, { id: 'v42', version: 'v42', previousVersion: 'v41', source: 'kubernetes' })
  const config = changeAt(112, { id: 'pool', kind: 'config', title: 'pool size', commit: 'abc1234' })
  const back = changeAt(130, { id: 'back', kind: 'rollback', version: 'v41', finishedMinute: 131 })
  const log = drawLog([
    { version: 'v41', requests: steady(600, 119) },
    {
      version: 'v42',
      requests: [...steady(0, 119), ...steady(600, 12)],
      failures: [...steady(0, 120), ...steady(60, 11)],
    },
    {
      version: 'v41',
      requests: [...steady(0, 131), ...steady(600, 29)],
      failures: [...steady(0, 131), ...steady(60, 29)],
    },
  ])
  const tell = async (spikes: readonly Spike[], changes: readonly Change[]) => {
    const [incident] = await correlateSpikes(readDrawnLog(log), { spikes, changes, settings: DEFAULT_SETTINGS })
    if (incident === undefined) throw new Error('no incident')
    return incident
  }
  const upTo = (minute: number) => [spikeAt(120, { updatedAtMs: atMinute(minute), lastErrorAtMs: atMinute(minute) })]
  const before = await tell(upTo(129), [deploy, config])
  expect(before.suspects[0]).toMatchObject({ changeId: 'v42', probability: expect.closeTo(0.95, 1) })
  expect(before.verification).toEqual({ state: 'pending' })
  const after = await tell(upTo(155), [deploy, config, back])
  expect(after.cleared).toContainEqual({
    changeId: 'v42',
    reason: 'rate_unmoved',
    text: 'deploy v42 of checkout: still failing long after rollback v41',
  })
  expect(after.suspects).toMatchObject([{ changeId: 'pool', probability: expect.closeTo(0.7, 0) }])
  expect(after.verification).toEqual({
    state: 'refuted',
    text: expect.stringMatching(
      /^still failing long after rollback v41: deploy v42 did not do it; next is config pool size of checkout \(\d+ %\)$/,
    ),
  })
  expect(after.recommendation).toMatchObject({ action: 'revert_config', changeId: 'pool' })
})

test('whom a person names is blamed, though the log clears it or it was of another time or place', async () => {
  const log = drawLog([
    { requests: steady(600, 160), failures: [...steady(0, 120), ...steady(60, 40)] },
    { service: 'search', requests: steady(600, 160) },
  ])
  const spikes = [spikeAt(120, { updatedAtMs: atMinute(155), lastErrorAtMs: atMinute(155) })]
  const tried = changeAt(119.5, { id: 'tried', kind: 'config', title: 'pool' })
  const changes = [
    tried,
    changeAt(130, { id: 'back', kind: 'config', title: 'pool back', finishedMinute: 130 }),
    changeAt(125, { id: 'late' }),
    changeAt(-200, { id: 'long ago' }),
    changeAt(119, { id: 'elsewhere', service: 'search' }),
  ]
  const unheard = { spikes, changes, settings: DEFAULT_SETTINGS }
  const [before] = await correlateSpikes(readDrawnLog(log), unheard)
  expect(before?.suspects).toEqual([])
  for (const id of ['tried', 'late', 'long ago', 'elsewhere']) {
    const said = { id: 'cmd', at: '2026-10-02T15:00:00.000Z', author: 'ana', note: null, incident_id: before?.id ?? '' }
    const feedback = [{ kind: 'feedback', ...said, verdict: 'wrong', suspect_id: null, change_id: id } as const]
    const [after] = await correlateSpikes(readDrawnLog(log), { ...unheard, feedback })
    expect([id, after?.suspects[0]?.changeId, (after?.suspects[0]?.probability ?? 0) > 0.5]).toEqual([id, id, true])
    expect(after?.cleared.map(({ changeId }) => changeId)).not.toContain(id)
  }
})
