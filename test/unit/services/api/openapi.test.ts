import { dereference, validate } from '@readme/openapi-parser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { incidentSchema } from '../../../../shared/domain/incident-schema.ts'
import { incidentToWire } from '../../../../shared/domain/incident-wire.ts'
import { type ApiServer, startApiServer } from '../../../support/api-server.ts'
import { incident } from '../cli/incident-samples.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer()
})

afterAll(() => api.close())

test('/openapi.json is a valid OpenAPI 3.1 document', async () => {
  const document = (await api.get('/openapi.json')).json() as Parameters<typeof validate>[0] & object
  expect(document).toMatchObject({ openapi: '3.1.0' })
  expect(await validate(structuredClone(document))).toMatchObject({ valid: true })
})

test('every path is documented with what it answers, its problems included', async () => {
  const document = (await api.get('/openapi.json')).json() as Parameters<typeof dereference>[0] & object
  const { paths = {} } = await dereference(document)
  expect(Object.keys(paths)).toContain('/api/v1/incidents/{id}')
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path ?? {}))) {
    expect(operation).toMatchObject({
      summary: expect.any(String),
      responses: {
        default: {
          content: { 'application/problem+json': { schema: { required: expect.arrayContaining(['code']) } } },
        },
      },
    })
  }
})

test('an incident is documented whole, so that a client made of it has a type for everything', async () => {
  const document = (await api.get('/openapi.json')).json() as { components: { schemas: Record<string, unknown> } }
  const wire = incidentToWire(incident())
  expect(incidentSchema.parse(wire)).toEqual(wire)
  expect(document.components.schemas['Incident']).toMatchObject({
    properties: Object.fromEntries(Object.keys(wire).map((key) => [key, expect.any(Object)])),
    required: expect.arrayContaining(['suspects', 'recommendation']),
  })
  expect(document.components.schemas['Incident']).toMatchObject({
    properties: {
      suspects: { items: { properties: { probability: { type: 'number' }, evidence: { type: 'array' } } } },
    },
  })
})

test('/docs is a page that needs nothing from elsewhere', async () => {
  const { status, text } = await api.get('/docs')
  expect(status).toBe(200)
  expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
})
