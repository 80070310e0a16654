import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../../../../support/run-command.ts'

const FIXTURE = fileURLToPath(new URL('../../../../fixtures/formats/combined.log', import.meta.url))
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-parse-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const request = (second: number) =>
  `192.0.2.7 - - [21/Nov/2026:10:00:${String(second).padStart(2, '0')} +0000] "GET /a/${second} HTTP/1.1" 200 5 "-" "curl/8"`
const LINES = Array.from({ length: 30 }, (_, second) => request(second))

async function write(name: string, lines: readonly string[]): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

test('a format that was found is told with how many of the first lines it reads, one that was named without', async () => {
  const lines = (await readFile(FIXTURE, 'utf8')).trimEnd().split('\n')
  const { code, text } = await runCommand(['parse', FIXTURE, '--json'])
  expect(code).toBe(0)
  expect(text).toMatch(/combined\.log: format combined \(reads \d\d % of its first lines\)\n/)
  expect(text).toContain(`${lines.length} lines, `)
  expect((await runCommand(['parse', FIXTURE, '--format', 'combined'])).text).toMatch(
    /combined\.log: format combined\n/,
  )
})

test.each([
  ['one more field', LINES.map((line) => line.replace('] "', '] 0.045 "')), 'look like combined with one more field'],
  [
    'fields between bars',
    LINES.map((_, i) => `2026-11-21 10:00:${10 + i}|192.0.2.7|GET|/a|200|0.012`),
    'look like an nginx log_format',
  ],
  [
    'names of its own',
    LINES.map((_, i) => `{"when":"2026-11-21T10:00:${10 + i}Z","res":{"code":200}}`),
    'when, res.code',
  ],
])('a log of %s is told what to try, and that reads every line', async (_what, lines, said) => {
  const path = await write('unknown.log', lines)
  const refused = await runCommand(['parse', path])
  expect(refused.code).toBe(1)
  expect(refused.text).toContain(said)
  const format = /try --format '(.+)'/.exec(refused.text)?.[1] ?? 'nothing was advised'
  const read = await runCommand(['parse', path, '--format', format, '--json'])
  expect(read.text).toContain('30 lines, 30 events, 0 rejected')
})

test('what is no log at all is told so', async () => {
  const path = await write(
    'prose.log',
    Array.from({ length: 30 }, (_, line) => `Once upon a time, ${line} times`),
  )
  expect((await runCommand(['parse', path])).text).toContain('its first lines fit no known format')
})

test('rotated logs are read in the order of their times, however they are named', async () => {
  const parts = [LINES.slice(0, 10), LINES.slice(10, 20), LINES.slice(20)]
  const paths = await Promise.all(
    ['access.log.2', 'access.log.1', 'access.log'].map((name, index) => write(name, parts[index] ?? [])),
  )
  const { text } = await runCommand(['parse', ...paths.toReversed(), '--json'])
  const times = text.split('\n').flatMap((line) => /^\{"ts":"([^"]+)"/.exec(line)?.[1] ?? [])
  expect(times).toHaveLength(LINES.length)
  expect(times).toEqual(times.toSorted())
})
