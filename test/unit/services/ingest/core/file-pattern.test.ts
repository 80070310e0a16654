import { expect, test } from 'vitest'
import { parseFilePattern } from '../../../../../services/ingest/core/file-pattern.ts'

test.each([
  ['/var/log/nginx/access.log', '/var/log/nginx', ['access.log'], ['access.log.1', 'accessXlog']],
  ['/var/log/nginx/*.log', '/var/log/nginx', ['a.log', '.log'], ['a.log.1', 'alog']],
  ['logs/app-?.log*', 'logs', ['app-1.log', 'app-2.log.1'], ['app-10.log', 'app-1.log.2.gz', 'app-1.log.zst']],
  ['access.log', '.', ['access.log'], []],
  ['/a+b(c).log', '/', ['a+b(c).log'], ['aab(c).log']],
])('%s means files of %s', (path, directory, meant, others) => {
  const pattern = parseFilePattern(path)
  expect(pattern?.directory).toBe(directory)
  expect(meant.filter((name) => !pattern?.matches(name))).toEqual([])
  expect(others.filter((name) => pattern?.matches(name))).toEqual([])
})

test('only the last part may hold a pattern', () => {
  expect(parseFilePattern('/var/*/access.log')).toBeUndefined()
  expect(parseFilePattern('/var/log/')).toBeUndefined()
})
