import { appendFile, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TailSource } from '../../../../../services/ingest/io/followed-log.ts'
import { createPositionStore } from '../../../../../services/ingest/io/tail-positions.ts'
import { openBench, sourceOf } from './tail-bench.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'culprit-tail-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function followed(content: string, options: Partial<TailSource> = {}) {
  const directory = await mkdtemp(join(root, 'case-'))
  const path = join(directory, 'access.log')
  await writeFile(path, content)
  const bench = await openBench({ ...sourceOf(path), ...options })
  await bench.tail.look()
  return { bench, path }
}

test('begins at the end of a file that is there at the very first start, and at the beginning of one that comes later', async () => {
  const { bench, path } = await followed('old\nhal', { from: 'end' })
  await appendFile(path, 'f\nnew\n')
  await bench.tail.look()
  expect(bench.keeper.lines()).toEqual(['half', 'new'])
  await bench.restart()
  await unlink(path)
  await writeFile(path, 'later\n')
  await bench.tail.look()
  expect(bench.keeper.lines()).toEqual(['half', 'new', 'later'])
  await bench.tail.stop()
})

test('another file under the same path after a restart is read from its beginning, though it is longer', async () => {
  const { bench, path } = await followed('a first line\n')
  await bench.tail.stop()
  await writeFile(path, 'another first line\nand more\n')
  await bench.restart()
  await bench.tail.look()
  expect(bench.keeper.lines()).toEqual(['a first line', 'another first line', 'and more'])
  await bench.tail.stop()
})

test('of a line without end no more is held than a block, and the lines after it are read', async () => {
  const { bench, path } = await followed('')
  await appendFile(path, 'x'.repeat(3_000_000))
  await bench.tail.look()
  await bench.restart()
  await appendFile(path, 'y\nnext\n')
  await bench.tail.look()
  expect(bench.keeper.lines().map(({ length }) => length)).toEqual([1024 * 1024, 4])
  await bench.tail.stop()
})

test('tells the format by the beginning of the file, wherever reading begins', async () => {
  const fields = '#Fields: date time cs-method cs-uri-stem sc-status\n'
  const entry = '2026-10-02 11:59:59 GET /a 200\n'
  const { bench, path } = await followed(fields + entry, { from: 'end', options: { format: 'auto' } })
  await appendFile(path, entry)
  await bench.tail.look()
  expect(bench.keeper.last()).toMatchObject({ directives: fields, parser: { format: { name: 'iis' } } })
  await bench.tail.stop()
})

test('lines of no known format are handed over too, to be kept as rejected', async () => {
  const { bench } = await followed('hello\n', { options: { format: 'auto' } })
  expect(bench.keeper.lines()).toEqual(['hello'])
  expect(bench.tail.counts()).toMatchObject({ followedLogs: 1, sentBytes: 6, refusedBlocks: 0 })
  await bench.tail.stop()
})

test('what is not taken is counted, and sent again', async () => {
  const { bench, path } = await followed('')
  await appendFile(path, 'line\n')
  bench.keeper.set('refuse')
  await bench.tail.look()
  expect(bench.tail.counts()).toMatchObject({ refusedBlocks: 1, sentBytes: 0 })
  bench.keeper.set('none')
  await bench.tail.look()
  expect(bench.keeper.lines()).toEqual(['line'])
  await bench.tail.stop()
})

test('positions are there again after a start, and a damaged file of them stops it', async () => {
  const directory = await mkdtemp(join(root, 'case-'))
  const store = createPositionStore(join(directory, 'positions.json'))
  expect(await store.load()).toBeUndefined()
  const positions = { begun: ['/a.log'], files: [] }
  await store.save(positions)
  expect(await store.load()).toEqual(positions)
  await writeFile(join(directory, 'positions.json'), '{"begun":')
  await expect(store.load()).rejects.toThrow('JSON')
})
