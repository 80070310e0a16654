import { expect, test } from 'vitest'
import { changeOf, changesOf, reasonOf } from './read-changes.ts'

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'

function argoApp(phase: string, more: object = {}) {
  return {
    metadata: { name: 'checkout-prod', namespace: 'argocd', labels: {} },
    spec: {
      project: 'shop',
      destination: { namespace: 'checkout', server: 'https://kubernetes.default.svc' },
      source: { repoURL: 'https://git.example/acme/deploy.git' },
    },
    status: {
      operationState: {
        phase,
        startedAt: '2026-10-02T14:02:10Z',
        finishedAt: phase === 'Running' ? undefined : '2026-10-02T14:02:50Z',
        syncResult: { revision: SHA },
        operation: { initiatedBy: { username: 'ana' } },
      },
      summary: { images: ['registry.example/acme/checkout:v42', 'envoyproxy/envoy:v1.31'] },
      history: [{ revision: 'older' }, { revision: SHA }],
      ...more,
    },
  }
}

test('a sync of an Argo CD application is one change from its start to its end', () => {
  expect(changeOf('argocd', { body: argoApp('Running') })).toMatchObject({
    status: 'started',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    commit: SHA,
    author: 'ana',
    repo: 'acme/deploy',
  })
  expect(changeOf('argocd', { body: { app: argoApp('Succeeded') } })).toMatchObject({
    id: changeOf('argocd', { body: argoApp('Running') })['id'],
    kind: 'deploy',
    status: 'succeeded',
    ts: '2026-10-02T14:02:10.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
  })
  expect(changeOf('argocd', { body: argoApp('Failed') })).toMatchObject({ status: 'failed' })
})

test('a sync to a revision that an application had before is a rollback', () => {
  const history = [{ revision: SHA }, { revision: 'newer' }, { revision: SHA }]
  expect(changeOf('argocd', { body: argoApp('Succeeded', { history }) })).toMatchObject({ kind: 'rollback' })
})

test("a template of one's own may name the application and its phase", () => {
  const body = {
    app: 'checkout',
    phase: 'Succeeded',
    revision: SHA,
    startedAt: '2026-10-02T14:02:10Z',
    namespace: 'staging',
  }
  expect(changeOf('argocd', { body })).toMatchObject({ service: 'checkout', env: 'staging', version: SHA })
  expect(reasonOf('argocd', { body: { text: 'synced' } })).toContain('toJson .app')
})

test('what Flux reconciles is a change; what it fetches is none', () => {
  const event = (kind: string, reason: string, more: object = {}) => ({
    body: {
      involvedObject: { kind, name: 'checkout', namespace: 'prod' },
      severity: 'info',
      timestamp: '2026-10-02T14:02:50Z',
      message: 'Helm upgrade succeeded for release prod/checkout.v7 with chart checkout@6.5.4',
      reason,
      metadata: { 'helm.toolkit.fluxcd.io/revision': '6.5.4', 'helm.toolkit.fluxcd.io/app-version': 'v42' },
      ...more,
    },
  })
  expect(changeOf('flux', event('HelmRelease', 'UpgradeSucceeded'))).toMatchObject({
    id: 'flux:HelmRelease/prod/checkout:v7',
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    status: 'succeeded',
  })
  expect(changeOf('flux', event('HelmRelease', 'RollbackSucceeded'))).toMatchObject({ kind: 'rollback' })
  const kustomization = {
    message: 'Reconciliation failed',
    severity: 'error',
    metadata: { revision: `main@sha1:${SHA}` },
  }
  expect(changeOf('flux', event('Kustomization', 'ReconciliationFailed', kustomization))).toMatchObject({
    version: SHA,
    commit: SHA,
    status: 'failed',
  })
  expect(reasonOf('flux', event('GitRepository', 'NewArtifact'))).toContain('GitRepository')
})

function workload(more: { readonly revision?: string; readonly image?: string; readonly reason?: string } = {}) {
  const { revision = '7', image = 'registry.example/checkout:v42', reason = 'NewReplicaSetAvailable' } = more
  return {
    kind: 'Deployment',
    metadata: {
      name: 'checkout',
      namespace: 'prod',
      generation: 9,
      annotations: { 'deployment.kubernetes.io/revision': revision },
    },
    spec: {
      replicas: 3,
      template: {
        metadata: {},
        spec: {
          containers: [
            { name: 'proxy', image: 'envoy:v1' },
            { name: 'checkout', image },
          ],
        },
      },
    },
    status: {
      observedGeneration: 9,
      conditions: [{ type: 'Progressing', reason, lastUpdateTime: '2026-10-02T14:02:50Z' }],
    },
  }
}

test('a rollout in the cluster is one change, told as often as its deployment is written to', () => {
  const progressing = changeOf('kubernetes', {
    body: { type: 'MODIFIED', object: workload({ reason: 'ReplicaSetUpdated' }) },
  })
  expect(progressing).toMatchObject({
    id: 'kubernetes:prod/Deployment/checkout:7',
    status: 'started',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
  })
  expect(changeOf('kubernetes', { body: { type: 'MODIFIED', object: workload() } })).toMatchObject({
    id: progressing['id'],
    status: 'succeeded',
    finished_at: '2026-10-02T14:02:50.000Z',
  })
  expect(changeOf('kubernetes', { body: workload({ reason: 'ProgressDeadlineExceeded' }) })).toMatchObject({
    status: 'failed',
  })
  expect(changeOf('kubernetes', { body: workload({ revision: '8' }) })['id']).not.toBe(progressing['id'])
})

test('a ConfigMap and a Secret that are written to are changes of configuration', () => {
  const object = (kind: string, name: string, more: object = {}) => ({
    body: {
      type: 'MODIFIED',
      object: {
        kind,
        metadata: {
          name,
          namespace: 'prod',
          resourceVersion: '77',
          managedFields: [{ time: '2026-10-02T14:02:50Z' }],
          ...more,
        },
      },
    },
  })
  expect(changeOf('kubernetes', object('ConfigMap', 'checkout-config'))).toMatchObject({
    id: 'kubernetes:prod/ConfigMap/checkout-config:77',
    kind: 'config',
    service: 'checkout',
    ts: '2026-10-02T14:02:50.000Z',
    title: 'ConfigMap checkout-config changed',
  })
  expect(
    changeOf('kubernetes', object('Secret', 'db', { labels: { 'app.kubernetes.io/name': 'checkout' } })),
  ).toMatchObject({ kind: 'config', service: 'checkout' })
  expect(reasonOf('kubernetes', object('ConfigMap', 'kube-root-ca.crt'))).toContain('not what somebody sets')
  expect(reasonOf('kubernetes', object('ConfigMap', 'x', { namespace: 'kube-system' }))).toContain('own namespaces')
  expect(reasonOf('kubernetes', object('Pod', 'checkout-1'))).toContain('Pod')
})

test("the API server's audit says who wrote to what; the cluster's own writes are none", () => {
  const item = (username: string, resource: string, more: object = {}) => ({
    auditID: 'a-1',
    stage: 'ResponseComplete',
    verb: 'patch',
    user: { username },
    objectRef: { resource, namespace: 'prod', name: 'checkout' },
    requestReceivedTimestamp: '2026-10-02T14:02:10.000000Z',
    responseStatus: { code: 200 },
    ...more,
  })
  const body = {
    kind: 'EventList',
    items: [
      item('ana', 'deployments', { responseObject: workload() }),
      item('ana', 'configmaps', {
        responseObject: { kind: 'ConfigMap', metadata: { name: 'checkout', namespace: 'prod', resourceVersion: '77' } },
      }),
      item('ana', 'deployments', {
        objectRef: { resource: 'deployments', subresource: 'scale', namespace: 'prod', name: 'checkout' },
      }),
      item('system:serviceaccount:kube-system:deployment-controller', 'deployments', { responseObject: workload() }),
      item('ana', 'deployments', { responseStatus: { code: 403 } }),
    ],
  }
  expect(changesOf('kubernetes', { body })).toMatchObject([
    { kind: 'deploy', author: 'ana', version: 'v42' },
    { kind: 'config', author: 'ana' },
    { kind: 'scale', author: 'ana' },
  ])
})

test('of the events of a rollout the one of its new replica set is the change', () => {
  const event = (message: string) => ({
    body: {
      involvedObject: { kind: 'Deployment', name: 'checkout', namespace: 'prod' },
      reason: 'ScalingReplicaSet',
      message,
      firstTimestamp: '2026-10-02T14:02:10Z',
    },
  })
  expect(changeOf('kubernetes', event('Scaled up replica set checkout-7d9f8b to 1 from 0'))).toMatchObject({
    id: 'kubernetes:prod/checkout:checkout-7d9f8b',
    kind: 'deploy',
    service: 'checkout',
    ts: '2026-10-02T14:02:10.000Z',
  })
  expect(reasonOf('kubernetes', event('Scaled up replica set checkout-7d9f8b to 3 from 2'))).toContain('part of')
  expect(reasonOf('kubernetes', event('Scaled down replica set checkout-5c6d7e to 0 from 1'))).toContain('part of')
})

test('kubewatch tells of an object by its name alone', () => {
  const body = {
    eventmeta: { kind: 'configmap', name: 'checkout-config', namespace: 'prod', reason: 'updated' },
    text: '…',
    time: '2026-10-02T14:02:50Z',
  }
  expect(changeOf('kubernetes', { body })).toMatchObject({
    kind: 'config',
    service: 'checkout',
    ts: '2026-10-02T14:02:50.000Z',
  })
})
