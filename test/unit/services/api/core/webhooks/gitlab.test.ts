import { expect, test } from 'vitest'
import { changeOf, changesOf, reasonOf } from './read-changes.ts'

const PROJECT = {
  name: 'Checkout',
  path_with_namespace: 'acme/checkout',
  web_url: 'https://gitlab.example/acme/checkout',
}

function deployment(status: string) {
  return {
    body: {
      object_kind: 'deployment',
      status,
      status_changed_at: '2026-10-02 16:02:50 +0200',
      deployment_id: 15,
      deployable_id: 796,
      deployable_url: 'https://gitlab.example/acme/checkout/-/jobs/796',
      environment: 'production',
      project: PROJECT,
      short_sha: '279484c0',
      commit_url: 'https://gitlab.example/acme/checkout/-/commit/279484c09fbe69ededfced8c1bb6e6d24616b468',
      commit_title: 'Sum in cents',
      user: { username: 'ana' },
    },
  }
}

const build = {
  id: 796,
  stage: 'deploy',
  name: 'to-production',
  status: 'success',
  started_at: '2026-10-02 14:02:10 UTC',
  finished_at: '2026-10-02 14:02:50 UTC',
  user: { username: 'ana' },
  environment: { name: 'production', action: 'start' },
}

test('a deployment is a deploy, and each of its steps the same change', () => {
  expect(changeOf('gitlab', deployment('success'))).toMatchObject({
    id: 'gitlab:acme/checkout:job:796',
    ts: '2026-10-02T14:02:50.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: '279484c09fbe69ededfced8c1bb6e6d24616b468',
    status: 'succeeded',
    title: 'Sum in cents',
    author: 'ana',
  })
  const running = changeOf('gitlab', deployment('running'))
  expect(running).toMatchObject({ id: 'gitlab:acme/checkout:job:796', status: 'started' })
  expect(running).not.toHaveProperty('finished_at')
  expect(changeOf('gitlab', deployment('canceled'))).toMatchObject({ status: 'cancelled' })
  expect(reasonOf('gitlab', deployment('blocked'))).toContain('blocked')
})

test('the jobs of a pipeline that deploy are the changes that the events of deployments tell of', () => {
  const test_ = { ...build, id: 795, stage: 'test', name: 'unit', environment: null }
  const waiting = { ...build, id: 797, status: 'manual' }
  const stopping = { ...build, id: 798, environment: { name: 'review/7', action: 'stop' } }
  const body = {
    object_kind: 'pipeline',
    object_attributes: {
      id: 31,
      sha: '279484c09fbe69ededfced8c1bb6e6d24616b468',
      tag: false,
      ref: 'main',
      variables: [{ key: 'TOKEN', value: 'x' }],
    },
    project: PROJECT,
    commit: { message: 'Sum in cents\n' },
    builds: [test_, build, waiting, stopping],
  }
  expect(changeOf('gitlab', { body })).toMatchObject({
    id: 'gitlab:acme/checkout:job:796',
    ts: '2026-10-02T14:02:10.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
    env: 'prod',
    status: 'succeeded',
    version: '279484c09fbe69ededfced8c1bb6e6d24616b468',
  })
  expect(reasonOf('gitlab', { body: { ...body, builds: [test_, waiting, stopping] } })).toContain('none of the jobs')
})

test('a job of a stage that deploys is a deploy, with or without an environment', () => {
  const body = {
    object_kind: 'build',
    build_id: 796,
    build_name: 'rollback',
    build_stage: 'deploy',
    build_status: 'running',
    build_started_at: '2026-10-02 14:02:10 UTC',
    sha: '279484c09fbe69ededfced8c1bb6e6d24616b468',
    repository: { homepage: 'https://gitlab.example/acme/checkout' },
  }
  expect(changeOf('gitlab', { body })).toMatchObject({
    id: 'gitlab:acme/checkout:job:796',
    kind: 'rollback',
    service: 'checkout',
    status: 'started',
  })
})

test('a release and a turned flag are changes; each turn of the flag is its own', () => {
  const release = {
    object_kind: 'release',
    action: 'create',
    tag: 'v1.1',
    released_at: '2026-10-02 14:00:00 UTC',
    project: PROJECT,
  }
  expect(changeOf('gitlab', { body: release })).toMatchObject({ kind: 'deploy', version: 'v1.1', service: 'checkout' })
  expect(reasonOf('gitlab', { body: { ...release, action: 'update' } })).toContain('created')
  const flag = {
    object_kind: 'feature_flag',
    project: PROJECT,
    object_attributes: { name: 'express-pay', active: true },
  }
  expect(changeOf('gitlab', { body: flag })).toMatchObject({
    id: 'gitlab:acme/checkout:flag:express-pay:on:delivery-1',
    kind: 'feature_flag',
    title: 'flag express-pay on',
  })
})

test('what changes nothing that runs is ignored', () => {
  expect(reasonOf('gitlab', { body: { object_kind: 'note' } })).toContain('note')
  expect(changesOf('gitlab', deployment('failed'))).toMatchObject([{ status: 'failed' }])
})
