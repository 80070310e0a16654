import { expect, test } from 'vitest'
import { z } from 'zod'
import type { SightedVersions } from '../../../../services/correlator/core/infer-deploys.ts'
import { DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'
import { createLiveCorrelator } from '../../../../services/correlator/live.ts'
import { correlateSpikes } from '../../../../services/correlator/service.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import type { Command, Feedback } from '../../../../shared/domain/command.ts'
import { type IncidentDocument, incidentToWire } from '../../../../shared/domain/incident-wire.ts'
import { atMinute, changeAt, drawLog, spikeAt, steady } from './drawn-log.ts'
import { versionSpan } from './plain-case.ts'
import { readDrawnLog } from './read-drawn-log.ts'

const quiet = steady(0, 120)
const log = drawLog([
  { version: 'v41', requests: [...steady(600, 120), ...steady(300, 20)] },
  { version: 'v42', requests: [...quiet, ...steady(300, 20)], failures: [...quiet, ...steady(30, 20)] },
])
const spike = spikeAt(120, {})
const v42 = changeAt(119.5, { id: 'v42', version: 'v42', previousVersion: 'v41' })
const report = (change: Change) => changeReportSchema.parse(changeToWire(change))

/** The log names a version that nobody reported. */
const onlyInferred = { change: { version: 'v42', source: 'inferred' } }
const nothingSaid = { deletedChangeIds: [], feedback: [], blamedBefore: [] }

function live(store: { fails: boolean } = { fails: false }) {
  const told: IncidentDocument[] = []
  const changes: Change[] = []
  const feedback: Feedback[] = []
  const deleted: string[] = []
  const correlator = createLiveCorrelator(
    {
      ...readDrawnLog(log),
      storeChanges: async (news) => {
        changes.push(...news)
      },
      storeDeletedChange: async ({ id }) => {
        deleted.push(id)
      },
      storeFeedback: async (news) => {
        feedback.push(...news)
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
  return { correlator, told, changes, feedback, deleted, suspects: () => told.at(-1)?.['suspects'] }
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
  expect(suspects()).toMatchObject([onlyInferred])
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
  after.correlator.remember({ spikes: [spike], changes: [v42], ...nothingSaid, incidents: before.told })
  await after.correlator.takeChanges([report(changeAt(119, { id: 'elsewhere', env: 'staging' }))])
  expect(after.told).toEqual([])
  await after.correlator.takeSpikes([spikeAt(120, { resolvedMinute: 138, updatedAtMs: spike.updatedAtMs + 10_000 })])
  expect(after.told.map(({ id }) => id)).toEqual(before.told.map(({ id }) => id))
})

test('an incident that was stored, and not told as its process was killed, is told when its spike is delivered again', async () => {
  const before = live()
  await before.correlator.takeSpikes([spike])
  const after = live()
  after.correlator.remember({ spikes: [spike], changes: [], ...nothingSaid, incidents: before.told })
  await after.correlator.takeSpikes([spike])
  expect(after.told).toEqual(before.told)
  await after.correlator.takeSpikes([spike])
  expect(after.told).toHaveLength(1)
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

const byAna = (minute: number) => ({
  id: `cmd-${minute}`,
  at: new Date(atMinute(minute)).toISOString(),
  author: 'ana',
  note: null,
})
const about = (told: readonly IncidentDocument[]) => ({ incident_id: told[0]?.id ?? '' })

test('an acknowledged incident says by whom, and goes on', async () => {
  const { correlator, told } = live()
  await correlator.takeSpikes([spike])
  await correlator.takeCommands([{ kind: 'acknowledge', ...byAna(136), ...about(told) }])
  expect(told).toHaveLength(2)
  expect(told[1]).toMatchObject({ state: 'acknowledged', acknowledged_by: 'ana', resolved_at: null })
  await correlator.takeSpikes([{ ...spike, updatedAtMs: atMinute(140), lastErrorAtMs: atMinute(140) }])
  expect(told[2]).toMatchObject({ state: 'acknowledged', acknowledged_at: byAna(136).at })
})

test('the same command again tells nothing again', async () => {
  const { correlator, told } = live()
  await correlator.takeSpikes([spike])
  const command: Command = { kind: 'acknowledge', ...byAna(136), ...about(told) }
  await correlator.takeCommands([command])
  await correlator.takeCommands([command])
  expect(told).toHaveLength(2)
})

test('resolved by a person it stays so until another of its series begins to fail', async () => {
  const { correlator, told } = live()
  await correlator.takeSpikes([spike])
  await correlator.takeCommands([{ kind: 'resolve', ...byAna(136), ...about(told) }])
  expect(told.at(-1)).toMatchObject({ state: 'resolved', resolved_at: byAna(136).at })
  await correlator.takeSpikes([{ ...spike, updatedAtMs: atMinute(137) }])
  expect(told.at(-1)).toMatchObject({ state: 'resolved', resolved_at: byAna(136).at })
  await correlator.takeSpikes([spikeAt(138, { method: 'POST', route: '/pay' })])
  expect(told.at(-1)).toMatchObject({ id: told[0]?.id, state: 'open', resolved_at: null })
})

test('what people said is known after a restart', async () => {
  const before = live()
  await before.correlator.takeSpikes([spike])
  await before.correlator.takeCommands([{ kind: 'acknowledge', ...byAna(136), ...about(before.told) }])
  const after = live()
  const incidents = before.told.slice(-1)
  after.correlator.remember({ spikes: [spike], changes: [], ...nothingSaid, incidents })
  await after.correlator.takeSpikes([{ ...spike, updatedAtMs: atMinute(137) }])
  expect(after.told.at(-1)).toMatchObject({ state: 'acknowledged', timeline: incidents[0]?.timeline })
})

test('an incident whose spikes are forgotten can still be resolved', async () => {
  const before = live()
  await before.correlator.takeSpikes([spike])
  const after = live()
  after.correlator.remember({ spikes: [], changes: [], ...nothingSaid, incidents: before.told })
  await after.correlator.takeCommands([{ kind: 'resolve', ...byAna(136), ...about(before.told) }])
  expect(after.told).toMatchObject([{ id: before.told[0]?.id, state: 'resolved' }])
})

test('a deleted change is no suspect any more, however late it is reported again', async () => {
  const { correlator, told, deleted, suspects } = live()
  await correlator.takeChanges([report(v42)])
  await correlator.takeSpikes([spike])
  expect(suspects()).toMatchObject([{ change_id: 'v42' }])
  await correlator.takeCommands([{ kind: 'delete_change', ...byAna(136), change_id: 'v42' }])
  expect(suspects()).toMatchObject([onlyInferred])
  await correlator.takeChanges([report({ ...v42, title: 'late' })])
  expect(suspects()).toMatchObject([onlyInferred])
  expect(deleted).toEqual(['v42'])
  expect(told).toHaveLength(2)
})

test('a suspect that a person calls wrong is blamed no longer, and the one they name is', async () => {
  const { correlator, told, suspects } = live()
  const flag = changeAt(119, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })
  await correlator.takeChanges([report(v42), report(flag)])
  await correlator.takeSpikes([spike])
  expect(suspects()).toMatchObject([{ change_id: 'v42' }, { change_id: 'flag' }])
  const verdict = { verdict: 'wrong', suspect_id: 'v42', change_id: 'flag' } as const
  await correlator.takeCommands([{ kind: 'feedback', ...byAna(136), ...about(told), ...verdict }])
  const [first] = z.array(z.object({ change_id: z.string(), probability: z.number() })).parse(suspects())
  expect(first?.change_id).toBe('flag')
  expect(first?.probability).toBeGreaterThan(0.9)
})

test('feedback is kept and shown with the incident', async () => {
  const { correlator, told, feedback } = live()
  await correlator.takeSpikes([spike])
  const given = { kind: 'feedback', ...byAna(136), verdict: 'wrong', suspect_id: null, change_id: 'v42' } as const
  await correlator.takeCommands([{ ...given, ...about(told) }])
  expect(feedback).toEqual([{ ...given, ...about(told) }])
  expect(told.at(-1)?.timeline).toEqual(feedback)
})

const sighted: SightedVersions = {
  ...{ env: 'prod', service: 'checkout', fromMs: atMinute(100), toMs: atMinute(140), isAlone: false },
  spans: [versionSpan('v41', [0, 140]), versionSpan('v42', [120, 140])],
}

test('a deploy that nobody reported is a change of its own, told once', async () => {
  const { correlator, changes } = live()
  await correlator.takeVersions(sighted)
  await correlator.takeVersions(sighted)
  expect(changes).toMatchObject([{ version: 'v42', previousVersion: 'v41', source: 'inferred', service: 'checkout' }])
})

test('the report that comes late takes the place of the deploy that was inferred', async () => {
  const { correlator, changes, deleted, suspects } = live()
  await correlator.takeVersions(sighted)
  await correlator.takeSpikes([spike])
  expect(suspects()).toMatchObject([onlyInferred])
  await correlator.takeChanges([report(v42)])
  await correlator.takeVersions(sighted)
  expect(changes.map(({ source }) => source)).toEqual(['inferred', undefined])
  expect(deleted).toEqual([changes[0]?.id])
  expect(suspects()).toMatchObject([{ change_id: 'v42' }])
})

test('a version that was reported before it was seen is not inferred', async () => {
  const { correlator, changes } = live()
  await correlator.takeChanges([report(v42)])
  await correlator.takeVersions(sighted)
  expect(changes.map(({ id }) => id)).toEqual(['v42'])
})

test('an inferred deploy that a person deletes is not inferred again', async () => {
  const { correlator, changes, deleted, suspects } = live()
  await correlator.takeVersions(sighted)
  const change_id = changes[0]?.id ?? ''
  await correlator.takeCommands([{ kind: 'delete_change', ...byAna(121), change_id }])
  await correlator.takeVersions(sighted)
  await correlator.takeSpikes([spike])
  expect(deleted).toEqual([change_id])
  expect(changes).toHaveLength(1)
  expect(suspects()).toEqual([])
})
