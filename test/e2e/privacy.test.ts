import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  CANARY,
  COMBINED_EVENTS,
  COMBINED_REJECTS,
  JSON_EVENTS,
  JSON_REJECTS,
  logOf,
  MARKER,
} from '../support/canary-log.ts'
import { runHere } from './run-culprit.ts'

const directory = mkdtempSync(join(tmpdir(), 'privacy-test-'))
writeFileSync(join(directory, 'c.log'), logOf(COMBINED_EVENTS, COMBINED_EVENTS, COMBINED_REJECTS))
writeFileSync(join(directory, 'j.log'), logOf(JSON_EVENTS, JSON_EVENTS, JSON_REJECTS))

afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

test.each([
  ['parse', 'c.log'],
  ['parse', 'j.log'],
  ['parse', '--json', 'c.log'],
  ['parse', '--json', 'j.log'],
  ['replay', 'c.log', 'j.log'],
  ['replay', '--json', 'c.log', 'j.log'],
])('%s shows no secret of a query, a header or user info: %s', async (...args) => {
  const files = args.map((arg) => (arg.endsWith('.log') ? join(directory, arg) : arg))
  const { code, stdout, stderr } = await runHere(files)
  expect(code).toBe(0)
  expect(stdout + stderr).toContain(MARKER.slice(-6))
  expect(stdout + stderr).not.toContain(CANARY)
  expect(stdout + stderr).not.toContain('203.0.113.77')
})

test('hashed clients need a key, which a file or the environment gives', async () => {
  const variables = { CULPRIT_PRIVACY__CLIENT: 'hashed' }
  const log = join(directory, 'c.log')
  const without = await runHere(['parse', log, '--json'], variables)
  expect(without).toMatchObject({ code: 1, stdout: '' })
  expect(without.stderr).toMatch(/^culprit: CULPRIT_PRIVACY__CLIENT: .*needs a key: set client_key_file/)
  const keyFile = join(directory, 'key.txt')
  writeFileSync(keyFile, 'a key of sixteen characters or more\n')
  const environment = { ...variables, CULPRIT_PRIVACY__CLIENT_KEY_FILE: keyFile }
  const { code, stdout } = await runHere(['parse', log, '--json'], environment)
  expect(code).toBe(0)
  expect(stdout).toMatch(/"client":"[\da-f]{16}"/)
})
