import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'
import { createLiveCorrelator } from '../../../../services/correlator/live.ts'
import { correlateSpikes } from '../../../../services/correlator/service.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import { type IncidentDocument, incidentToWire } from '../../../../shared/domain/incident-wire.ts'
import { changeAt, drawLog, spikeAt, steady } from './drawn-log.ts'
import { readDrawnLog } from './read-drawn-log.ts'

const quiet = steady(0, 120)
const log = drawLog([
  { version: 'v41', requests: [...steady(600, 120), ...steady(300, 20)] },
  { version: 'v42', requests: [...quiet, ...steady(300, 20)], failures: [...quiet, ...steady(30, 20)] },
])
const spike = spikeAt(120, {})
const v42 = changeAt(119.5, { id: 'v42', version: 'v42', previousVersion: 'v41' })
const report = (change: Change) => changeReportSchema.parse(changeToWire(change))

function live(store: { fails: boolean } = { fails: false }) {
  const told: IncidentDocument[] = []
  const changes: Change[] = []
  const correlator = createLiveCorrelator(
    {
      ...readDrawnLog(log),
      storeChanges: async (news) => {
        changes.push(...news)
      },
      storeIncidents: async () => {
        if (store.fails) throw new Error('store is down')
      },
      publishIncidents: async (incidents) => {
        told.push(...incidents)
      },
    },
    DEFAULT_SETTINGS,
  )
  return { correlator, told, changes, suspects: () => told.at(-1)?.['suspects'] }
}

test('says live what a replay of the same spikes and changes says', async () => {
  const { correlator, told } = live()
  await correlator.takeChanges([report(v42)])
  await correlator.takeSpikes([spike])
  const replayed = await correlateSpikes(readDrawnLog(log), {
    spikes: [spike],
    changes: [v42],
    settings: DEFAULT_SETTINGS,
  })
  expect(told).toEqual(replayed.map(incidentToWire))
})

test('a change that is reported after its spike re-weighs the open incident', async () => {
  const { correlator, told, suspects } = live()
  await correlator.takeSpikes([spike])
  expect(told).toHaveLength(1)
  expect(suspects()).toEqual([])
  await correlator.takeChanges([report(v42)])
  expect(told).toHaveLength(2)
  expect(told[1]?.id).toBe(told[0]?.id)
  expect(suspects()).toMatchObject([{ change_id: 'v42' }])
})

test('the same spike or change again tells nothing again', async () => {
  const { correlator, told, changes } = live()
  await correlator.takeChanges([report(v42)])
  await correlator.takeSpikes([spike])
  await correlator.takeSpikes([spike])
  await correlator.takeChanges([report(v42)])
  expect(told).toHaveLength(1)
  expect(changes).toHaveLength(1)
})

test('what could not be stored is judged and told when it is delivered again', async () => {
  const store = { fails: true }
  const { correlator, told } = live(store)
  await expect(correlator.takeSpikes([spike])).rejects.toThrow('store is down')
  store.fails = false
  await correlator.takeSpikes([spike])
  expect(told).toHaveLength(1)
})

test('an incident from before a restart is told again only when it moved', async () => {
  const before = live()
  await before.correlator.takeChanges([report(v42)])
  await before.correlator.takeSpikes([spike])
  const after = live()
  after.correlator.remember({ spikes: [spike], changes: [v42], incidents: before.told })
  await after.correlator.takeChanges([report(changeAt(119, { id: 'elsewhere', env: 'staging' }))])
  expect(after.told).toEqual([])
  await after.correlator.takeSpikes([spikeAt(120, { resolvedMinute: 138, updatedAtMs: spike.updatedAtMs + 10_000 })])
  expect(after.told.map(({ id }) => id)).toEqual(before.told.map(({ id }) => id))
})

test('reports of one change in any number become one change', async () => {
  const { correlator, changes } = live()
  await correlator.takeChanges([report({ ...v42, status: 'started' })])
  await correlator.takeChanges([report({ ...v42, status: 'succeeded' })])
  await correlator.takeChanges([report({ ...v42, status: 'started' })])
  expect(changes.map(({ id, status }) => [id, status])).toEqual([
    ['v42', 'started'],
    ['v42', 'succeeded'],
  ])
})

test('an incident that turns out to be part of another stays, and says of which', async () => {
  const { correlator, told } = live()
  const later = { ...spike, id: 'later', detectedAtMs: spike.detectedAtMs + 20_000, route: '/pay', method: 'POST' }
  await correlator.takeSpikes([later])
  await correlator.takeSpikes([spike])
  const merged = told.find((incident) => incident.merged_into !== undefined)
  expect(merged).toMatchObject({ id: told[0]?.id, state: 'resolved' })
  expect(told.map(({ id }) => id)).toContain(merged?.merged_into)
})
