import { expect, test } from 'vitest'
import { changeOf, changesOf, reasonOf } from './read-changes.ts'

function cdEvent(type: string, content: object, id = 'e-1') {
  return {
    context: { id, source: '/ci/acme', type: `dev.cdevents.${type}.0.3.0`, timestamp: '2026-10-02T14:02:50.315384Z' },
    subject: { id: '/services/checkout', source: '/ci/acme', content },
  }
}
const DEPLOYED = cdEvent('service.deployed', {
  environment: { id: 'cluster/production' },
  artifactId: 'pkg:oci/checkout@sha256%3A0b31b1c0?tag=v42',
})

test.each([
  [
    'structured',
    { 'content-type': 'application/cloudevents+json' },
    { specversion: '1.0', id: 'e-1', source: '/ci', type: 'dev.cdevents.service.deployed.0.3.0', data: DEPLOYED },
  ],
  [
    'with its data as text',
    {},
    { specversion: '1.0', id: 'e-1', source: '/ci', type: 'x', data: JSON.stringify(DEPLOYED) },
  ],
  ['binary', { 'ce-specversion': '1.0', 'ce-id': 'e-1', 'ce-source': '/ci', 'ce-type': 'x' }, DEPLOYED],
  ['without an envelope', {}, DEPLOYED],
] as const)('a deployed service is a deploy: %s', (_mode, headers, body) => {
  expect(changeOf('cdevents', { headers, body })).toEqual({
    id: 'cdevents:/ci/acme#e-1',
    ts: '2026-10-02T14:02:50.315Z',
    finished_at: '2026-10-02T14:02:50.315Z',
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    status: 'succeeded',
    title: 'checkout deployed',
    source: 'cdevents',
    reversible: true,
  })
})

test('a service that is rolled back, an environment that is modified and a run that deploys are changes', () => {
  const environment = { environment: { id: 'production' }, artifactId: 'pkg:oci/checkout@v41' }
  expect(changeOf('cdevents', { body: cdEvent('service.rolledback', environment) })).toMatchObject({
    kind: 'rollback',
    version: 'v41',
  })
  expect(changeOf('cdevents', { body: cdEvent('environment.modified', { name: 'production' }) })).toMatchObject({
    kind: 'infra',
    env: 'prod',
  })
  const started = changeOf('cdevents', { body: cdEvent('pipelinerun.started', { pipelineName: 'deploy-checkout' }) })
  const finished = changeOf('cdevents', {
    body: cdEvent('pipelinerun.finished', { pipelineName: 'deploy-checkout', outcome: 'failure' }, 'e-2'),
  })
  expect(started).toMatchObject({ status: 'started', service: 'checkout' })
  expect(finished).toMatchObject({ id: started['id'], status: 'failed', finished_at: '2026-10-02T14:02:50.315Z' })
})

test('a batch is several changes, of which what is none is left out', () => {
  const other = cdEvent(
    'service.upgraded',
    { environment: { id: 'staging' }, artifactId: 'pkg:oci/checkout@v43' },
    'e-2',
  )
  const batch = [DEPLOYED, other, cdEvent('build.finished', {})].map((data) => ({
    specversion: '1.0',
    id: 'x',
    source: '/',
    type: 'x',
    data,
  }))
  expect(changesOf('cloudevents', { body: batch }).map(({ env }) => env)).toEqual(['prod', 'staging'])
  expect(reasonOf('cloudevents', { body: [batch[2]] })).toContain('build finished')
  expect(reasonOf('cloudevents', { body: [] })).toContain('empty')
})

test("a change of ours may be a CloudEvent's data, and take its time and id from it", () => {
  const body = {
    specversion: '1.0',
    id: '7',
    source: '/deployer',
    type: 'com.acme.deployed',
    time: '2026-10-02T14:02:50Z',
    data: { kind: 'deploy', service: 'checkout', version: 'v42' },
  }
  expect(changeOf('cloudevents', { body })).toMatchObject({
    id: '/deployer#7',
    ts: '2026-10-02T14:02:50.000Z',
    service: 'checkout',
    version: 'v42',
  })
  expect(reasonOf('cloudevents', { body: { ...body, data: { order: 1 } } })).toContain('com.acme.deployed')
})
