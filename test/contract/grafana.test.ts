import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'

const DASHBOARDS = new URL('../../dashboards/grafana/dashboards/json/', import.meta.url)
const DATASOURCE = 'culprit'

const target = z.object({ datasource: z.object({ uid: z.literal(DATASOURCE) }), rawSql: z.string() })
const dashboard = z.object({
  uid: z.string(),
  panels: z.array(z.object({ title: z.string(), description: z.string().min(1), targets: z.array(target).length(1) })),
  annotations: z.object({ list: z.array(z.object({ name: z.string(), target })) }),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.object({ rawSql: z.string() }) })) }),
})

let directory: string
let store: Store

const AT = '2026-11-21 10:00:00'

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-grafana-'))
  store = await openEmbeddedStore({ path: directory })
  const event = {
    ts: `${AT}.000`,
    env: 'prod',
    service: 'checkout',
    method: 'GET',
    route: '/a',
    version: 'v1',
    region: 'eu',
    count: 1,
  }
  await store.insertRows(
    'access_events',
    [
      { ...event, status: 200 },
      { ...event, status: 500 },
    ],
    'events',
  )
  const row = { env: 'prod', service: 'checkout', updated_at: `${AT}.000` }
  const change = { ts: `${AT}.000`, kind: 'deploy', status: 'succeeded', document: '{"version":"v1","title":"<b>"}' }
  await store.insertRows('changes', [{ ...row, ...change, id: 'c1' }], 'change')
  const suspects = [{ probability: 0.9, change: { version: 'v1', service: 'checkout' } }]
  const document = JSON.stringify({
    cause: 'change',
    severity: 'major',
    observed_rate: 0.5,
    baseline_rate: 0,
    suspects,
  })
  await store.insertRows(
    'incidents',
    [{ ...row, id: 'i1', started_at: `${AT}.000`, resolved_at: null, state: 'open', document }],
    'incident',
  )
  await store.insertRows(
    'rejects',
    [{ source: 's', line_number: 1, byte_offset: 0, reason: 'r', line: 'x', seen_at: `${AT}.000` }],
    'reject',
  )
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

/** The statement as the datasource's plugin fills it in, for the hour around the rows. */
function filledIn(sql: string): string {
  const [from, to] = [`toDateTime('2026-11-21 09:30:00', 'UTC')`, `toDateTime('2026-11-21 10:30:00', 'UTC')`]
  return sql
    .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 >= ${from} AND $1 <= ${to}`)
    .replaceAll(/\$__timeInterval\((\w+)\)/g, "toStartOfInterval(toDateTime($1, 'UTC'), INTERVAL 60 second)")
    .replaceAll('$__interval_s', '60')
    .replaceAll('$__fromTime', from)
    .replaceAll('$__toTime', to)
    .replaceAll(variable('env'), "'prod'")
    .replaceAll(variable('service'), "'checkout'")
}

const variable = (name: string) => `\${${name}:singlequote}`

const anyRow = z.record(z.string(), z.unknown())

const files = await readdir(DASHBOARDS)

test.each(files)('every statement of %s answers with what is stored', async (file) => {
  const { panels, annotations, templating } = dashboard.parse(
    JSON.parse(await readFile(new URL(file, DASHBOARDS), 'utf8')),
  )
  const statements = [
    ...panels.map(({ title, targets }) => [title, targets[0]?.rawSql ?? ''] as const),
    ...annotations.list.map(({ name, target: { rawSql } }) => [name, rawSql] as const),
    ...templating.list.map(({ name, query: { rawSql } }) => [name, rawSql] as const),
  ]
  for (const [name, sql] of statements) {
    const filled = filledIn(sql)
    expect([name, filled]).toEqual([name, expect.not.stringMatching(/\$/)])
    expect([name, (await store.query(anyRow, filled)).length]).toEqual([
      name,
      expect.toSatisfy((rows: number) => rows > 0),
    ])
  }
  expect(statements.length).toBeGreaterThan(10)
})

test('the overview tells an open incident and its suspect', async () => {
  const { panels } = dashboard.parse(JSON.parse(await readFile(new URL('overview.json', DASHBOARDS), 'utf8')))
  const answer = async (title: string) =>
    store.query(anyRow, filledIn(panels.find((panel) => panel.title === title)?.targets[0]?.rawSql ?? ''))
  expect(await answer('Open incidents')).toMatchObject([{ open: 1 }])
  expect(await answer('Failing')).toMatchObject([{ failing: 0.5 }])
  expect(await answer('Incidents')).toMatchObject([{ service: 'checkout', suspect_version: 'v1', probability: 0.9 }])
})
