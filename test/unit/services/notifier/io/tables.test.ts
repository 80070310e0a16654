import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silencesRoutes } from '../../../../../services/api/io/routes/silences.ts'
import type { Notice } from '../../../../../services/notifier/core/notice.ts'
import { applyCommands } from '../../../../../services/notifier/core/silence.ts'
import { readNotices, storeNotices } from '../../../../../services/notifier/io/notices-table.ts'
import { readSilences, storeSilences } from '../../../../../services/notifier/io/silences-table.ts'
import { commandSchema } from '../../../../../shared/domain/command.ts'
import { createHttpServer } from '../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../../../../shared/store/chdb.ts'
import type { Store } from '../../../../../shared/store/store.ts'
import { PLANNED_SILENCE } from '../../../../support/api-server.ts'

const NOW_MS = Date.parse('2026-10-02T14:05:00.123Z')
let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-notices-'))
  store = await openEmbeddedStore({ path: join(directory, 'store') })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

const notice: Notice = {
  id: 'ntc_1',
  incidentId: 'inc_1',
  target: 'slack',
  reason: 'opened',
  text: 'checkout is failing; \'"\\ <!channel>',
  state: 'due',
  createdAtMs: NOW_MS,
  sentAtMs: null,
  told: {
    count: 1,
    atMs: NOW_MS,
    state: 'open',
    severity: 'critical',
    rate: 0.081,
    suspectId: 'd42',
    undoId: null,
    rollback: null,
    isRefuted: false,
    isMerged: false,
    recoveries: 0,
  },
  receipt: null,
}

test('notices come back as they were stored, each with its newest word, and what is due however old', async () => {
  const sent: Notice = { ...notice, state: 'sent', sentAtMs: NOW_MS + 900, receipt: { ts: '1.2', channel: 'C1' } }
  const old: Notice = { ...notice, id: 'ntc_0', createdAtMs: NOW_MS - 9 * 86_400_000 }
  await storeNotices(store, [notice, old], NOW_MS)
  await storeNotices(store, [sent], NOW_MS + 900)
  expect((await readNotices(store, NOW_MS - 1_000)).notices).toEqual([old, sent])
})

const planned = [PLANNED_SILENCE]

test('a silence is made and ended over HTTP, listed until its end, with its author; a planned one is listed', async () => {
  const known = new Map<string, ReturnType<typeof applyCommands>[number]>()
  let nowMs = NOW_MS
  const routes = silencesRoutes({
    query: store.query,
    plannedSilences: () => planned,
    // What the notifier does with them.
    publish: async (_topic, messages) => {
      const commands = messages.map(({ value }) => commandSchema.parse(JSON.parse(Buffer.from(value).toString())))
      const moved = applyCommands(known, commands)
      for (const silence of moved) known.set(silence.id, silence)
      await storeSilences(store, moved, nowMs)
    },
    nowMs: () => nowMs,
  })
  const server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [routes])
  const send = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => {
    const answer = await server.inject({
      method,
      url: `/api/v1/silences${path}`,
      ...(body !== undefined && { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> }
  }
  const made = await send('POST', '', { author: 'ana', note: 'moving', service: 'checkout', duration: '2h' })
  expect(made.status).toBe(202)
  nowMs += 1_000
  expect((await send('GET', '')).body['items']).toEqual([
    {
      id: made.body['id'],
      author: 'ana',
      note: 'moving',
      env: null,
      service: 'checkout',
      incident_id: null,
      starts_at: '2026-10-02T14:05:00.123Z',
      ends_at: '2026-10-02T16:05:00.123Z',
      origin: 'people',
    },
    ...planned,
  ])
  expect(await readSilences(store, nowMs)).toMatchObject([{ author: 'ana', service: 'checkout', incidentId: null }])
  expect((await send('DELETE', `/${String(made.body['id'])}`)).status).toBe(202)
  nowMs += 1_000
  expect((await send('GET', '')).body['items']).toEqual(planned)
  expect(await send('DELETE', '/maintenance_0')).toMatchObject({
    status: 409,
    body: { code: 'silence_from_configuration' },
  })
  expect((await send('DELETE', '/sil_unknown')).body).toMatchObject({ code: 'no_silence' })
})

test.each([
  ['without an end', { author: 'ana' }, 'ends_at'],
  ['without an author', { duration: '2h' }, 'author'],
  ['that is over', { author: 'ana', ends_at: '2026-10-02T14:00:00Z' }, 'ends_at'],
  ['of a year', { author: 'ana', duration: '365d' }, '90 days'],
  ['of a length nobody can read', { author: 'ana', duration: 'a while' }, 'duration'],
])('a silence %s is refused', async (_what, body, named) => {
  const routes = silencesRoutes({
    query: store.query,
    publish: async () => {},
    plannedSilences: () => [],
    nowMs: () => NOW_MS,
  })
  const server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [routes])
  const answer = await server.inject({ method: 'POST', url: '/api/v1/silences', payload: JSON.stringify(body) })
  expect(answer.statusCode).toBe(400)
  expect(answer.body).toContain(named)
})
