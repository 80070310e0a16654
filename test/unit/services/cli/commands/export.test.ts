import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../support/api-server.ts'
import { runCommand } from '../../../../support/run-command.ts'

const CHANGES = 1_203
const NOW_MS = Date.parse('2026-11-01T00:00:00Z')
let api: ApiServer
let address: string

beforeAll(async () => {
  api = await startApiServer(NOW_MS)
  await api.store.insertRows(
    'changes',
    Array.from({ length: CHANGES }, (_, n) => change(n)),
    'changes',
  )
  const incident = {
    ...{ id: 'inc_1', service: '=1+1', env: 'prod', severity: 'major', state: 'resolved' },
    ...{ started_at: '2026-10-01T10:00:00.000Z', resolved_at: '2026-10-01T10:20:00.000Z' },
    updated_at: '2026-10-01T10:20:00.000Z',
    suspects: [{ change_id: 'd7', probability: 0.94, change: { id: 'd7', title: '@ship, it' } }],
    recommendation: { action: 'rollback', command: 'undo it' },
  }
  await api.store.insertRows('incidents', [{ ...incident, document: JSON.stringify(incident) }], 'incident')
  address = await api.server.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => api.close())

/** Many of one second, as a script sends them. */
function change(n: number) {
  const ts = new Date(NOW_MS - Math.floor(n / 100) * 86_400_000).toISOString()
  const fields = { id: `d${n}`, ts, kind: 'deploy', service: 'shop', env: 'prod', status: 'succeeded' }
  const document = JSON.stringify({ ...fields, title: `release ${n}`, reversible: true })
  return { ...fields, document, updated_at: ts }
}

const exported = (...args: readonly string[]) => runCommand(['export', ...args, '--server', address])
const lines = (text: string) => text.trimEnd().split(/\r?\n/)

test('every change is exported once, over however many pages', async () => {
  const { code, text } = await exported('changes')
  expect(code).toBe(0)
  const ids = lines(text).map((line) => JSON.parse(line).id)
  expect(new Set(ids).size).toBe(CHANGES)
  expect(ids).toHaveLength(CHANGES)
})

test('a table has a head, the same rows, and no formula', async () => {
  const { text } = await exported('changes', '--csv', '--since', '2026-10-31')
  const [head, ...rows] = lines(text)
  expect(head).toMatch(/^id,ts,finished_at,kind,service/)
  expect(rows).toHaveLength(200)
  expect(rows[0]).toMatch(/^d0,2026-11-01T00:00:00.000Z,,deploy,shop,prod/)
  const incidents = await exported('incidents', '--csv')
  expect(lines(incidents.text)[1]).toMatch(/^inc_1,prod,'=1\+1,.*,d7,"'@ship, it",0\.94,rollback,undo it,$/)
})

test('what was over before is left out, and a wrong line is told what is wrong', async () => {
  expect(await exported('incidents', '--since', '2026-10-02')).toEqual({ code: 0, text: '' })
  expect((await exported('incidents', '--since', 'yesterday')).code).toBe(2)
  expect((await exported('changes', '--csv', '--json')).code).toBe(2)
  expect((await exported('silences')).code).toBe(2)
})
