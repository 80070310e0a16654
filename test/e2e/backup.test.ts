import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { backUpEngine } from '../../shared/store/chdb-backup.ts'
import { firstRow } from '../contract/store-rows.ts'
import { runCulprit } from './run-culprit.ts'
import { startCulprit } from './start-culprit.ts'

const NOWHERE = ['--server', 'http://127.0.0.1:9']
const INCIDENT = {
  ...{ id: 'inc_1', service: 'shop', env: 'prod', severity: 'major', state: 'resolved' },
  ...{ started_at: '2026-11-01T10:00:00.000Z', resolved_at: '2026-11-01T10:20:00.000Z' },
  updated_at: '2026-11-01T10:20:00.000Z',
}

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-backup-'))
})

afterAll(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))

const storePath = () => join(directory, 'data', 'store')
const culprit = (...args: string[]) => runCulprit(args, { cwd: directory })

async function withStore<Result>(use: (store: Awaited<ReturnType<typeof openEmbeddedStore>>) => Promise<Result>) {
  const store = await openEmbeddedStore({ path: storePath() })
  return use(store).finally(store.close)
}

const countAll = () =>
  withStore((store) =>
    firstRow(
      store,
      `SELECT (SELECT count() FROM access_events) AS events, (SELECT sum(requests) FROM cells_10s) AS fine,
        (SELECT sum(requests) FROM cells_1m) AS coarse, (SELECT count() FROM incidents FINAL) AS incidents,
        (SELECT groupArray(id) FROM changes FINAL) AS changes, (SELECT count() FROM migrations) AS migrations`,
    ),
  )

test('a store is backed up while it works, lost, and restored to the same', { timeout: 120_000 }, async () => {
  await withStore((store) =>
    store.insertRows('incidents', [{ ...INCIDENT, document: JSON.stringify(INCIDENT) }], 'incident'),
  )
  const running = await startCulprit(directory)
  const post = (path: string, body: string) => fetch(`${running.address}${path}`, { method: 'POST', body })
  const event = { ts: new Date().toISOString(), service: 'shop', path: '/pay', count: 3 }
  const events = Array.from({ length: 500 }, (_, n) => JSON.stringify({ ...event, status: n % 9 === 0 ? 500 : 200 }))
  expect((await post('/api/v1/events?format=ndjson', events.join('\n'))).status).toBe(202)
  const deploy = { id: 'd1', ts: event.ts, kind: 'deploy', service: 'shop', version: 'v2' }
  expect((await post('/api/v1/changes', JSON.stringify(deploy))).status).toBe(202)

  const made = await culprit('backup', 'all.tar.zst', '--server', running.address)
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^all\.tar\.zst: \d+ KiB\n$/) })
  expect(await readdir(join(storePath(), 'backups'))).toEqual([])
  expect((await culprit('backup', 'all.tar.zst', '--server', running.address)).code).toBe(1)
  const used = await culprit('restore', 'all.tar.zst', '--replace')
  expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining('another process has it') })
  running.process.kill('SIGKILL')
  await running.ended
  const before = await countAll()
  expect(before).toMatchObject({ events: 500, fine: 1_500, coarse: 1_500, incidents: 1, changes: ['d1'] })

  await rm(join(directory, 'data'), { recursive: true })
  expect(await culprit('restore', 'all.tar.zst')).toMatchObject({ code: 0 })
  expect(await countAll()).toEqual(before)

  const kept = await culprit('restore', 'all.tar.zst')
  expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already: --replace') })
  const replaced = await culprit('restore', 'all.tar.zst', '--replace')
  expect(replaced).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('what was there is in data/store.before-'),
  })
  expect(await countAll()).toEqual(before)

  // Where no server runs, the store itself is read; and what is restored is backed up like any other.
  expect(await culprit('backup', 'again.tar.zst', ...NOWHERE)).toMatchObject({ code: 0 })
  expect(await readdir(directory)).toEqual(['again.tar.zst', 'all.tar.zst', 'data'])
})

test('a backup that can not be used is refused with the reason, and nothing is changed', async () => {
  await mkdir(join(directory, 'data'), { recursive: true })
  await writeFile(join(directory, 'torn.tar.zst'), 'no backup')
  const lost = await culprit('restore', 'gone.tar.zst', '--replace')
  expect(lost).toMatchObject({ code: 1, stderr: 'culprit: gone.tar.zst: no such file\n' })
  const torn = await culprit('restore', 'torn.tar.zst', '--replace')
  expect(torn).toMatchObject({ code: 1, stderr: expect.stringMatching(/culprit: store: .* failed/) })

  expect(await countAll()).toMatchObject({ events: 500 })
  await rm(join(directory, 'data'), { recursive: true })
  await withStore((store) => store.command('INSERT INTO migrations (version) SETTINGS async_insert=0 SELECT 999'))
  await backUpEngine({ path: storePath(), file: join(directory, 'newer.tar.zst') })
  await rm(join(directory, 'data'), { recursive: true })
  const refused = await culprit('restore', 'newer.tar.zst')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/version 999.*start a newer culprit/) })
  expect(await readdir(join(directory, 'data'))).toEqual([])
})
