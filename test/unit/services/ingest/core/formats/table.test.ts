import { expect, test } from 'vitest'
import { FORMAT_NAMES } from '../../../../../../services/ingest/core/format-spec.ts'
import { compileFormat, FORMATS } from '../../../../../../services/ingest/core/formats/table.ts'
import { parseLog } from '../read-log.ts'

test('has every format that can be asked for, once', () => {
  expect(FORMATS.map(({ name }) => name).sort()).toEqual([...FORMAT_NAMES].sort())
})

test('no two formats answer to the same name', () => {
  const names = FORMATS.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(names).toEqual([...new Set(names)])
})

test.each(FORMAT_NAMES)('%s makes no event of a line that is none', (name) => {
  expect(parseLog('this is no line of a log', { name })).toMatchObject({ lines: 1, parsed: 0, rejected: 1 })
})

test('what detection tries of a format is of that format', () => {
  for (const { name, candidates } of FORMATS) {
    for (const candidate of candidates) {
      expect(candidate.name).toBe(name)
      expect(compileFormat(candidate).scan).toBeTypeOf('function')
    }
  }
})
