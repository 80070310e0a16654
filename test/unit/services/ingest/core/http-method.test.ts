import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeMethod, OTHER_METHOD } from '../../../../../services/ingest/core/http-method.ts'

test.each([
  ['GET', 'GET'],
  ['get', 'GET'],
  ['Post', 'POST'],
  ['PROPFIND', 'PROPFIND'],
  ['QUERY', 'QUERY'],
  ['_OTHER', '_OTHER'],
  ['XYZZY', '_OTHER'],
  ['GET ', '_OTHER'],
  ['', '_OTHER'],
  ['constructor', '_OTHER'],
])('the method %j is kept as %s', (method, kept) => {
  expect(normalizeMethod(method)).toBe(kept)
})

test('whatever a client sends, it makes no name of its own', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z-]{1,12}$/)), (method) => {
      const kept = normalizeMethod(method)
      expect([method.toUpperCase(), OTHER_METHOD]).toContain(kept)
      expect(normalizeMethod(kept)).toBe(kept)
      expect(normalizeMethod(`${method}-X`)).toBe(OTHER_METHOD)
    }),
  )
})
