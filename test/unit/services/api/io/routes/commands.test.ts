import { expect, test } from 'vitest'
import { commandsRoutes } from '../../../../../../services/api/io/routes/commands.ts'
import type { Message } from '../../../../../../shared/bus/bus.ts'
import { commandSchema } from '../../../../../../shared/domain/command.ts'
import { createHttpServer } from '../../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../../shared/runtime/log.ts'

const NOW = '2026-10-02T14:05:00.000Z'
const incident = { document: JSON.stringify({ suspects: [{ change_id: 'v42' }] }) }

/** A server that knows the incident `inc_1` with the suspect `v42`, and the changes `v42` and `flag`. */
async function serve() {
  const sent: unknown[] = []
  const publish = async (_topic: string, messages: readonly Message[]) => {
    sent.push(...messages.map(({ value }) => commandSchema.parse(JSON.parse(Buffer.from(value).toString()))))
  }
  const known: Record<string, unknown> = { inc_1: incident, v42: { id: 'v42' }, flag: { id: 'flag' } }
  const routes = commandsRoutes({
    query: async (row, sql, { id } = {}) => {
      const isAsked = String(id).startsWith('inc_') === sql.includes('FROM incidents')
      return isAsked && Object.hasOwn(known, String(id)) ? [row.parse(known[String(id)])] : []
    },
    publish,
    nowMs: () => Date.parse(NOW),
  })
  const server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [routes])
  const send = (method: 'POST' | 'DELETE', url: string, body?: unknown) =>
    server.inject({
      method,
      url,
      ...(body !== undefined && { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  return { send, sent }
}

test.each(['acknowledge', 'resolve'] as const)('%s takes an author and a note, or nothing', async (kind) => {
  const { send, sent } = await serve()
  const answer = await send('POST', `/api/v1/incidents/inc_1/${kind}`, { author: 'ana', note: 'on it' })
  expect(answer.statusCode).toBe(202)
  expect(answer.json()).toEqual({ accepted: 1, id: expect.stringMatching(/^cmd_/) })
  expect((await send('POST', `/api/v1/incidents/inc_1/${kind}`)).statusCode).toBe(202)
  expect(sent).toMatchObject([
    { kind, incident_id: 'inc_1', at: NOW, author: 'ana', note: 'on it' },
    { kind, incident_id: 'inc_1', author: null, note: null },
  ])
})

test.each([
  ['right: the first suspect did it', { verdict: 'right' }, { verdict: 'right', change_id: null }],
  ['wrong: it did not', { verdict: 'wrong' }, { verdict: 'wrong', change_id: null }],
  ['another change did it', { change_id: 'flag' }, { verdict: 'wrong', change_id: 'flag' }],
  ['the first suspect by its name', { change_id: 'v42' }, { verdict: 'right', change_id: null }],
])('feedback: %s', async (_what, body, meant) => {
  const { send, sent } = await serve()
  expect((await send('POST', '/api/v1/incidents/inc_1/feedback', body)).statusCode).toBe(202)
  expect(sent).toMatchObject([{ kind: 'feedback', suspect_id: 'v42', ...meant }])
})

test('a change that was sent by mistake is deleted', async () => {
  const { send, sent } = await serve()
  expect((await send('DELETE', '/api/v1/changes/v42')).statusCode).toBe(202)
  expect(sent).toMatchObject([{ kind: 'delete_change', change_id: 'v42' }])
})

test.each([
  ['POST', '/api/v1/incidents/inc_2/acknowledge', undefined, 404],
  ['POST', '/api/v1/incidents/inc_2/feedback', { verdict: 'right' }, 404],
  ['POST', '/api/v1/incidents/inc_1/feedback', { change_id: 'nobody' }, 404],
  ['DELETE', '/api/v1/changes/nobody', undefined, 404],
  ['POST', '/api/v1/incidents/inc_1/feedback', { verdict: 'maybe' }, 400],
  ['POST', '/api/v1/incidents/inc_1/feedback', {}, 400],
  ['POST', '/api/v1/incidents/inc_1/resolve', { author: 7 }, 400],
] as const)('%s %s %j is refused with %i and published to nobody', async (method, url, body, status) => {
  const { send, sent } = await serve()
  const answer = await send(method, url, body)
  expect(answer.statusCode).toBe(status)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(sent).toEqual([])
})
