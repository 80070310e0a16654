import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeEnv } from '../../../../shared/domain/env-aliases.ts'

test.each([
  ['prod', 'prod'],
  ['Production', 'prod'],
  [' LIVE ', 'prod'],
  ['prd', 'prod'],
  ['stage', 'staging'],
  ['stg', 'staging'],
  ['development', 'dev'],
  ['eu-prod-2', 'eu-prod-2'],
  ['QA', 'qa'],
  ['', ''],
])('%j is compared as %j', (env, expected) => {
  expect(normalizeEnv(env)).toBe(expected)
})

test('own aliases are used instead of the usual ones', () => {
  expect(normalizeEnv('Blue', { blue: 'prod' })).toBe('prod')
  expect(normalizeEnv('production', { blue: 'prod' })).toBe('production')
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('an environment may be called %s', (env) => {
  expect(normalizeEnv(env)).toBe(env.toLowerCase())
})

test('a name that has been normalized stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('P', 'r', 'İ', 'ẞ', 'Σ', ' ', '\u00a0', '\t', '-') }), (env) => {
      const once = normalizeEnv(env)
      expect(normalizeEnv(once)).toBe(once)
    }),
  )
})
