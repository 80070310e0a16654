import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeJson } from '../../../../../services/ingest/core/describe-json.ts'
import { sampleFirstLines } from '../../../../../services/ingest/core/log-sample.ts'

const describeLines = (...lines: readonly string[]) =>
  describeJson(lines, sampleFirstLines(Buffer.from(lines.map((line) => `${line}\n`).join(''))))
const describe = (...objects: readonly unknown[]) => describeLines(...objects.map((object) => JSON.stringify(object)))

const NO_MAP = expect.stringMatching(/^an event needs a time and a status/)

test.each([
  [{ when: '2026-03-01T00:00:00Z', code: 200 }, "try --format 'json:ts=when,status=code'"],
  [{ when: 1_772_323_200, code: '503' }, "try --format 'json:ts=when,status=code'"],
  [{ born: 1_700_000_000, logDate: 1_772_323_200, code: 200 }, "try --format 'json:ts=logDate,status=code'"],
  [{ size: 404, resultCode: 200, at: 1_772_323_200 }, "try --format 'json:ts=at,status=resultCode'"],
  [{ level: 'info' }, NO_MAP],
  [{ when: 1_772_323_200 }, NO_MAP],
  [{ age: 999_999_999, code: 600 }, NO_MAP],
  [{ "it's": 1_772_323_200, code: 200 }, NO_MAP],
  [{ a: null, b: true, c: [2_000_000_000], d: [200] }, NO_MAP],
])('of %j advises which map reads it', (object, advice) => {
  expect(describe(object)).toMatchObject({ advice })
})

test('a key is meant only if it holds the like in every line', () => {
  const when = 1_772_323_200
  expect(describe({ when, code: 200 }, { when, code: 'none' })).toMatchObject({ advice: NO_MAP })
})

test.each([
  [{ a: 1 }, 'are JSON without a time (ts) and a status: their keys are a'],
  [{ status: 1 }, 'are JSON without a time (ts): their keys are status'],
  [{ ts: 1 }, 'are JSON without a status: their keys are ts'],
  [{ ts: 1, status: 1 }, 'are JSON with a time, a status or another field that is none: their keys are ts, status'],
  [{ a: { b: { c: 1 } } }, 'are JSON without a time (ts) and a status: their keys are a.b'],
])('says of %j what it lacks', (object, hint) => {
  expect(describe(object)).toMatchObject({ hint })
})

test('says nothing of lines most of which are no objects', () => {
  expect(describeLines()).toBeUndefined()
  expect(describeLines('{"a":1}', 'x', '{"b":')).toBeUndefined()
  expect(describeLines('[1]', '1', 'null', '"a"')).toBeUndefined()
  expect(describeLines('{"a":1}', 'x')).toBeDefined()
})

test('shows twelve keys, each cut at forty characters, and how many more there are', () => {
  const keys = Array.from({ length: 300 }, (_, i) => `${i}${'k'.repeat(i === 0 ? 100 : 1)}`)
  const { hint = '' } = describe(Object.fromEntries(keys.map((key) => [`x${key}`, 1]))) ?? {}
  expect(hint).toContain(`x0${'k'.repeat(38)}, x1k, `)
  expect(hint).toMatch(/x11k and 88 more$/)
})

test.each([
  '{"a":{"b":{"toString":1,"valueOf":1}}}',
  '{"a":[{"toString":null,"valueOf":null}]}',
  '{"__proto__":{"toString":1,"x":{"toString":1}}}',
])('is not led astray by %s', (line) => {
  expect(describeLines(line)).toMatchObject({ advice: NO_MAP })
})

test('has words for any objects', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 }), (objects) => {
      expect(describe(...objects)?.hint).toMatch(/^are JSON with/)
    }),
  )
})
