import { expect, test } from 'vitest'
import { changeOf, reasonOf } from './read-changes.ts'

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'
const REPOSITORY = { name: 'checkout', full_name: 'acme/checkout', owner: { login: 'acme' }, default_branch: 'main' }
const deployment = {
  id: 7,
  sha: SHA,
  ref: 'main',
  task: 'deploy',
  environment: 'production',
  creator: { login: 'ana' },
  created_at: '2026-10-02T14:02:10Z',
}

function status(state: string, more: object = {}) {
  return {
    headers: { 'x-github-event': 'deployment_status' },
    body: {
      action: 'created',
      deployment_status: { state, created_at: '2026-10-02T14:02:50Z', target_url: 'https://ci.example/7' },
      deployment,
      repository: REPOSITORY,
      ...more,
    },
  }
}

test('a deployment that succeeded is a deploy of its repository, from its creation to then', () => {
  expect(changeOf('github', status('success'))).toEqual({
    id: 'github:acme/checkout:deployment:7',
    ts: '2026-10-02T14:02:10.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: SHA,
    commit: SHA,
    status: 'succeeded',
    author: 'ana',
    url: 'https://ci.example/7',
    repo: 'acme/checkout',
    source: 'github',
    reversible: true,
  })
})

test('every step of a deployment is the same change', () => {
  const created = {
    headers: { 'x-github-event': 'deployment' },
    body: { action: 'created', deployment, repository: REPOSITORY },
  }
  const steps = [created, status('in_progress'), status('failure'), status('error')]
  expect(steps.map((step) => changeOf('github', step))).toMatchObject([
    { id: 'github:acme/checkout:deployment:7', status: 'started' },
    { id: 'github:acme/checkout:deployment:7', status: 'started' },
    { id: 'github:acme/checkout:deployment:7', status: 'failed' },
    { id: 'github:acme/checkout:deployment:7', status: 'failed' },
  ])
})

test.each(['inactive', 'queued', 'waiting', 'pending'])('a deployment that is %s is no step', (state) => {
  expect(reasonOf('github', status(state))).toContain(state)
})

test('a deployment by a workflow and the run of that workflow are one change', () => {
  const run = {
    id: 99,
    name: 'Deploy',
    conclusion: 'success',
    status: 'completed',
    head_sha: SHA,
    run_started_at: '2026-10-02T14:01:00Z',
    updated_at: '2026-10-02T14:03:00Z',
  }
  const ofRun = {
    headers: { 'x-github-event': 'workflow_run' },
    body: { action: 'completed', workflow_run: run, repository: REPOSITORY },
  }
  const ofDeployment = status('success', { workflow_run: { id: 99, html_url: 'https://github.example/runs/99' } })
  expect(changeOf('github', ofRun)['id']).toBe(changeOf('github', ofDeployment)['id'])
})

test('a workflow deploys when its name says so, to the environment that it names', () => {
  const run = (name: string, more: object) => ({
    headers: { 'x-github-event': 'workflow_run' },
    body: {
      action: 'completed',
      repository: REPOSITORY,
      workflow_run: { id: 1, name, head_sha: SHA, run_started_at: '2026-10-02T14:01:00Z', ...more },
    },
  })
  expect(changeOf('github', run('Deploy to staging', { conclusion: 'failure' }))).toMatchObject({
    env: 'staging',
    status: 'failed',
  })
  expect(changeOf('github', run('Rollback', { status: 'in_progress', conclusion: null }))).toMatchObject({
    kind: 'rollback',
    status: 'started',
  })
  expect(changeOf('github', run('Deploy', { conclusion: 'cancelled' }))).toMatchObject({ status: 'cancelled' })
  expect(reasonOf('github', run('CI', { conclusion: 'success' }))).toContain('webhooks.github.deploys')
  expect(reasonOf('github', run('Deploy', { conclusion: 'skipped' }))).toContain('skipped')
  const named = { ...run('CI', { conclusion: 'success' }), settings: { deploys: ['ci'] } }
  expect(changeOf('github', named)).toMatchObject({ service: 'checkout' })
})

test('a published release is a deploy of its tag; a draft or a prerelease is none', () => {
  const release = (action: string, more: object = {}) => ({
    headers: { 'x-github-event': 'release' },
    body: {
      action,
      release: { id: 5, tag_name: 'v42', published_at: '2026-10-02T14:02:50Z', ...more },
      repository: REPOSITORY,
    },
  })
  expect(changeOf('github', release('published'))).toMatchObject({
    kind: 'deploy',
    version: 'v42',
    ts: '2026-10-02T14:02:50.000Z',
  })
  expect(reasonOf('github', release('edited'))).toContain('edited')
  expect(reasonOf('github', release('published', { prerelease: true }))).toContain('prerelease')
})

test('a push counts when it touches a file that is named as configuration, on the default branch', () => {
  const push = (ref: string, file: string) => ({
    headers: { 'x-github-event': 'push' },
    settings: { configPaths: ['config/**', '*.env'] },
    body: {
      ref,
      after: SHA,
      compare: 'https://github.example/compare/a...b',
      pusher: { name: 'ana' },
      repository: { ...REPOSITORY, pushed_at: 1_790_949_770 },
      head_commit: { message: 'raise the timeout\n\nas agreed' },
      commits: [{ added: ['readme.md'], modified: [file], removed: [] }],
    },
  })
  expect(changeOf('github', push('refs/heads/main', 'config/eu/app.yaml'))).toMatchObject({
    kind: 'config',
    service: 'checkout',
    title: 'config/eu/app.yaml: raise the timeout',
    author: 'ana',
    commit: SHA,
  })
  expect(reasonOf('github', push('refs/heads/main', 'src/app.ts'))).toContain('no file')
  expect(reasonOf('github', push('refs/heads/try', 'config/app.yaml'))).toContain('default branch')
  expect(reasonOf('github', { ...push('refs/heads/main', 'config/app.yaml'), settings: {} })).toContain('config_paths')
})

test('settings say which repository is which service, and which is none', () => {
  const services = { 'acme/checkout': 'shop-checkout' }
  expect(changeOf('github', { ...status('success'), settings: { services } })).toMatchObject({
    service: 'shop-checkout',
  })
  const template = { service: '{owner}-{environment}', envs: { production: 'blue' } }
  expect(changeOf('github', { ...status('success'), settings: template })).toMatchObject({
    service: 'acme-production',
    env: 'blue',
  })
  expect(changeOf('github', { ...status('success'), settings: { service: '{workflow}' } })).toMatchObject({
    service: 'checkout',
  })
  expect(reasonOf('github', { ...status('success'), settings: { services: { checkout: false } } })).toContain(
    'none of ours',
  )
})
