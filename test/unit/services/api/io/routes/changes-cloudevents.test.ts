import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'

let api: ApiServer
const published: unknown[] = []

beforeAll(async () => {
  api = await startApiServer()
  await api.bus.subscribe({
    topic: 'changes',
    group: 'test',
    handle: async (messages) => {
      published.push(...messages.map(({ value }) => JSON.parse(Buffer.from(value).toString())))
    },
  })
})
afterAll(() => api.close())

const deployed = {
  context: { id: 'e-1', source: '/ci', type: 'dev.cdevents.service.deployed.0.3.0', timestamp: '2026-10-02T14:02:50Z' },
  subject: { id: 'checkout', content: { environment: { id: 'production' }, artifactId: 'pkg:oci/checkout@v42' } },
}

const post = (headers: Readonly<Record<string, string>>, payload: object) =>
  api.server.inject({
    method: 'POST',
    url: '/api/v1/changes',
    headers: { ...headers },
    payload: JSON.stringify(payload),
  })

test('a CloudEvent is a change by its content type, structured or binary', async () => {
  const envelope = { specversion: '1.0', id: 'e-1', source: '/ci', type: deployed.context.type, data: deployed }
  const structured = await post({ 'content-type': 'application/cloudevents+json' }, envelope)
  expect(structured.statusCode).toBe(202)
  const binary = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'e-1',
    'ce-type': deployed.context.type,
  }
  expect((await post(binary, deployed)).json()).toEqual(structured.json())
  expect(published).toMatchObject([{ service: 'checkout', version: 'v42', env: 'prod' }, { service: 'checkout' }])
})

test('a CloudEvent that is no change is taken, with the reason', async () => {
  const envelope = { specversion: '1.0', id: 'e-2', source: '/ci', type: 'com.acme.order', data: { order: 1 } }
  const answer = await post({ 'content-type': 'application/cloudevents+json' }, envelope)
  expect(answer.statusCode).toBe(202)
  expect(answer.json()).toMatchObject({ accepted: 0, ids: [], ignored: expect.stringContaining('com.acme.order') })
})
