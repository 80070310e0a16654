import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { listEvidence } from '../../services/api/core/list-evidence.ts'
import { incidentIdOf } from '../../services/correlator/core/group.ts'
import { DEFAULT_SETTINGS } from '../../services/correlator/core/settings.ts'
import { readEvidence, readLinks } from '../../services/correlator/io/read-evidence.ts'
import { storeChanges, storeFeedback, storeIncidents } from '../../services/correlator/io/write-findings.ts'
import { correlateSpikes } from '../../services/correlator/service.ts'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import { readCells, readSeries } from '../../services/detector/io/read-cells.ts'
import { writeSpikes } from '../../services/detector/io/write-spikes.ts'
import { detectSpikes } from '../../services/detector/service.ts'
import type { Feedback } from '../../shared/domain/command.ts'
import { EVIDENCE_KINDS } from '../../shared/domain/incident.ts'
import { type IncidentDocument, incidentToWire } from '../../shared/domain/incident-wire.ts'
import { type ApiServer, startApiServer } from '../support/api-server.ts'
import { changeAt, type DrawnLine, drawLog, steady } from '../unit/services/correlator/drawn-log.ts'

const quiet = steady(0, 120)
const usual = (minutes: number) => Array.from({ length: minutes }, (_, minute) => Number(minute % 5 === 0))

/** Two hours of two services, then a rollout by host and region of which one request in ten fails, felt by the caller. */
const LINES: readonly DrawnLine[] = [
  ...['eu', 'us'].flatMap((region, index): DrawnLine[] => [
    {
      ...{ region, version: 'v41', host: `pod-${region}-1`, client: '10.0.0.0' },
      requests: [...steady(600, 120), ...steady(300, index === 0 ? 6 : 20)],
      failures: usual(120),
    },
    {
      ...{ region, version: 'v42', host: `pod-${region}-2`, client: '10.0.1.0' },
      requests: [...quiet, ...steady(index === 0 ? 300 : 30, 20)],
      failures: [...quiet, ...steady(index === 0 ? 30 : 3, 20)],
    },
  ]),
  { region: 'eu', version: 'v41', host: 'pod-eu-1', requests: [...steady(0, 140), ...steady(600, 20)] },
  {
    ...{ service: 'gateway', route: '/api/pay', upstream: 'checkout:8080', status: 502 },
    requests: steady(900, 160),
    failures: [...usual(120), ...steady(20, 20)],
  },
]
/** Elsewhere: a rollout by host that fails only while it goes on, and later a service that nobody reported a change of. */
const EDGE_LINES: readonly DrawnLine[] = [
  ...['eu', 'us'].flatMap((region): DrawnLine[] => [
    { service: 'search', region, host: `search-${region}-1`, requests: [...steady(300, 120), ...steady(150, 40)] },
    {
      ...{ service: 'search', region, host: `search-${region}-2`, status: 503 },
      requests: [...quiet, ...steady(150, 40)],
      failures: [...quiet, ...steady(region === 'eu' ? 40 : 2, 6)],
    },
  ]),
  { service: 'web', requests: steady(300, 160), failures: [...quiet, ...steady(20, 6)], status: 503 },
  { service: 'stock', requests: steady(300, 160), failures: usual(120) },
  {
    ...{ service: 'stock', route: '/v2' },
    requests: [...steady(0, 140), ...steady(120, 20)],
    failures: [...steady(0, 140), ...steady(60, 20)],
  },
]
const SEARCH = { service: 'search', env: 'edge' }
const { service: _, ...NODES } = changeAt(119, { id: 'nodes', kind: 'infra', env: 'edge' })
const EDGE_CHANGES = [
  changeAt(60, { ...SEARCH, id: 'search-6' }),
  changeAt(119.8, { ...SEARCH, id: 'search-7', finishedMinute: 126, scope: { regions: ['eu'] } }),
  changeAt(121, { ...SEARCH, id: 'search-flag', kind: 'feature_flag' }),
  NODES,
]
const CHANGES = [
  ...EDGE_CHANGES,
  changeAt(119.5, { id: 'v42', version: 'v42', previousVersion: 'v41', finishedMinute: 126 }),
  changeAt(118, { id: 'flag', kind: 'feature_flag', title: 'new-cart' }),
  changeAt(60, { id: 'gateway', service: 'gateway', version: 'g7' }),
  changeAt(139, { id: 'back', kind: 'rollback', version: 'v41', finishedMinute: 140 }),
]

let api: ApiServer
let incidents: IncidentDocument[]

beforeAll(async () => {
  api = await startApiServer()
  const { store } = api
  const rows = [...drawRows('prod', LINES), ...drawRows('edge', EDGE_LINES)]
  for (let from = 0; from < rows.length; from += 1_000)
    await store.insertRows('access_events', rows.slice(from, from + 1_000), `drawn-${from}`)
  const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
  const { spikes } = await detectSpikes(
    { readSeries: () => readSeries(store), readCells: () => readCells(store) },
    settings,
  )
  await writeSpikes(store, spikes)
  await storeChanges(store, CHANGES)
  const readers = {
    readLinks: (wanted: Parameters<typeof readLinks>[1]) => readLinks(store, wanted),
    readEvidence: (wanted: Parameters<typeof readEvidence>[1]) => readEvidence(store, wanted),
  }
  const [search] = spikes.filter(({ service }) => service === 'search')
  const feedback = [
    say('search-6', 'right', 'inc_before'),
    ...(search === undefined ? [] : [say('search-flag', 'right', incidentIdOf('edge', search))]),
  ]
  await storeFeedback(store, feedback)
  const judged = await correlateSpikes(readers, { spikes, changes: CHANGES, feedback, settings: DEFAULT_SETTINGS })
  incidents = judged.map(incidentToWire)
  await storeIncidents(store, incidents)
}, 120_000)

afterAll(() => api.close())

function drawRows(env: string, lines: readonly DrawnLine[]) {
  return drawLog(lines).map(({ atMs, ...row }) => ({ ...row, ts: new Date(atMs).toISOString(), env }))
}

function say(suspectId: string, verdict: Feedback['verdict'], incidentId: string): Feedback {
  const at = '2026-10-02T15:00:00.000Z'
  return {
    ...{ id: `said-${suspectId}`, kind: 'feedback', incident_id: incidentId, author: 'ana', note: null, at },
    ...{ verdict, suspect_id: suspectId, change_id: null },
  }
}

const answerSchema = z.object({
  kind: z.string(),
  data: z.unknown(),
  recomputed: z.object({ text: z.string(), data: z.unknown() }),
  same: z.boolean(),
  queries: z.array(z.object({ from: z.iso.datetime(), to: z.iso.datetime(), sql: z.string() })),
})

test('every sentence of evidence is computed again from the store with the same numbers', async () => {
  const kinds = new Set<string>()
  for (const incident of incidents)
    for (const { n, data, text, kind } of listEvidence(incident)) {
      const answer = await api.get(`/api/v1/incidents/${incident.id}/evidence/${n}`)
      const told = answerSchema.parse(answer.json())
      expect(told).toMatchObject({ kind, data, same: true })
      expect(told.recomputed).toEqual(expect.objectContaining({ text, data }))
      kinds.add(kind)
    }
  expect([...kinds].toSorted()).toEqual(EVIDENCE_KINDS.toSorted())
}, 120_000)

test('it tells the window and the statement that the numbers come from', async () => {
  const [incident] = incidents
  const split = sentencesOf(incident).find(({ kind }) => kind === 'version_split')
  const { queries } = answerSchema.parse(
    (await api.get(`/api/v1/incidents/${incident?.id}/evidence/${split?.n}`)).json(),
  )
  const cells = queries.find(({ sql }) => sql.includes('FROM cells_10s') && sql.includes('shown_route'))
  expect(Date.parse(cells?.from ?? '')).toBeLessThan(Date.parse(incident?.started_at ?? ''))
  expect(Date.parse(cells?.to ?? '')).toBeGreaterThan(Date.parse(incident?.started_at ?? ''))
})

test('a sentence or an incident that does not exist is not found', async () => {
  const [incident] = incidents
  expect((await api.get(`/api/v1/incidents/${incident?.id}/evidence/999`)).json()).toMatchObject({
    status: 404,
    code: 'no_evidence',
  })
  expect((await api.get('/api/v1/incidents/inc_0/evidence/0')).status).toBe(404)
  expect((await api.get(`/api/v1/incidents/${incident?.id}/evidence/first`)).status).toBe(400)
})

function sentencesOf(incident: IncidentDocument | undefined) {
  return incident === undefined ? [] : listEvidence(incident)
}
