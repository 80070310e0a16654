import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runCulprit, sampleChanges, sampleLog } from './run-culprit.ts'

const directory = mkdtempSync(join(tmpdir(), 'several-logs-test-'))

afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

const documentSchema = z.object({ summary: z.object({ lines: z.number() }), incidents: z.array(z.unknown()) })

async function replay(files: readonly string[]) {
  const { stdout } = await runCulprit(['replay', ...files, '--changes', sampleChanges, '--json'])
  return documentSchema.parse(JSON.parse(stdout))
}

test('several logs give the same incidents, whatever the order in which they are named', async () => {
  const lines = gunzipSync(readFileSync(sampleLog)).toString().trimEnd().split('\n')
  const third = Math.ceil(lines.length / 3)
  // Two logs of one time, as two hosts write them, and one of the time after.
  const parts = [
    ['z-host.log', lines.slice(0, 2 * third).filter((_, index) => index % 2 === 0)],
    ['b-host.log', lines.slice(0, 2 * third).filter((_, index) => index % 2 === 1)],
    ['a-later.log', lines.slice(2 * third)],
  ] as const
  const files = parts.map(([name, part]) => {
    const path = join(directory, name)
    writeFileSync(path, `${part.join('\n')}\n`)
    return path
  })
  const given = await replay(files)
  const turned = await replay(files.toReversed())
  expect(given.summary.lines).toBe(lines.length)
  expect(given.incidents).toHaveLength(1)
  expect(turned.incidents).toEqual(given.incidents)
})
