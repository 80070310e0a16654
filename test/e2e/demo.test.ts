import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BUILT_COMMAND } from './run-culprit.ts'

test('the demo names the bad release within two minutes, and leaves nothing behind', { timeout: 150_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'culprit-demo-'))
  const child = spawn(process.execPath, [BUILT_COMMAND, 'demo', '--port', '0'], {
    cwd: directory,
    env: { ...process.env, TMPDIR: directory },
  })
  let output = ''
  child.stdout.on('data', (text) => {
    output += String(text)
  })
  const startedMs = Date.now()
  const isNamed = () => /(certain|likely).*deploy v42 by ana/.test(output)
  await expect.poll(isNamed, { timeout: 120_000, interval: 250 }).toBe(true)
  expect(Date.now() - startedMs).toBeLessThan(120_000)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(existsSync(directory) ? readdirSync(directory) : []).toEqual([])
  await rm(directory, { recursive: true, force: true })
})
