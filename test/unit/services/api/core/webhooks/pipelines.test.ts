import { expect, test } from 'vitest'
import { changeOf, reasonOf } from './read-changes.ts'

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'

test('a Jenkins build that deploys is one change from its start to its end', () => {
  const build = (phase: string, more: object = {}) => ({
    body: {
      name: 'deploy-checkout-prod',
      url: 'job/shop/job/deploy-checkout-prod/',
      build: {
        full_url: 'https://ci.example/job/shop/job/deploy-checkout-prod/18/',
        number: 18,
        phase,
        timestamp: 1_790_949_730_000,
        // Of the build before.
        status: 'FAILURE',
        parameters: { VERSION: 'v42' },
        scm: { url: 'https://git.example/acme/checkout.git', branch: 'origin/main', commit: SHA },
        ...more,
      },
    },
  })
  expect(changeOf('jenkins', build('STARTED'))).toMatchObject({
    id: 'jenkins:shop/deploy-checkout-prod:18',
    ts: '2026-10-02T14:02:10.000Z',
    status: 'started',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    commit: SHA,
    repo: 'acme/checkout',
  })
  expect(changeOf('jenkins', build('FINALIZED', { status: 'SUCCESS', duration: 40_000 }))).toMatchObject({
    id: 'jenkins:shop/deploy-checkout-prod:18',
    status: 'succeeded',
    finished_at: '2026-10-02T14:02:50.000Z',
  })
  expect(reasonOf('jenkins', build('QUEUED'))).toContain('waits')
  expect(reasonOf('jenkins', { body: { name: 'unit-tests', build: { number: 1, phase: 'STARTED' } } })).toContain(
    'webhooks.jenkins.deploys',
  )
  expect(reasonOf('jenkins', { body: {} })).toContain('no build')
})

test('a CircleCI workflow that deploys is a change, and its jobs are not told again', () => {
  const body = (type: string, workflow: string) => ({
    body: {
      type,
      id: 'delivery',
      happened_at: '2026-10-02T14:02:50.000Z',
      project: { name: 'checkout', slug: 'github/acme/checkout' },
      workflow: {
        id: 'w-1',
        name: workflow,
        status: 'success',
        created_at: '2026-10-02T14:02:10.000Z',
        stopped_at: '2026-10-02T14:02:50.000Z',
        url: 'https://app.circleci.example/w-1',
      },
      job: {
        id: 'j-1',
        name: 'deploy-staging',
        status: 'failed',
        started_at: '2026-10-02T14:02:20.000Z',
        stopped_at: '2026-10-02T14:02:40.000Z',
      },
      pipeline: {
        vcs: {
          revision: SHA,
          branch: 'main',
          target_repository_url: 'https://github.com/acme/checkout',
          commit: { subject: 'Sum in cents', author: { name: 'Ana' } },
        },
      },
    },
  })
  expect(changeOf('circleci', body('workflow-completed', 'deploy-production'))).toMatchObject({
    id: 'circleci:workflow:w-1',
    ts: '2026-10-02T14:02:10.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
    status: 'succeeded',
    service: 'checkout',
    env: 'prod',
    version: SHA,
    title: 'Sum in cents',
    author: 'Ana',
    repo: 'acme/checkout',
  })
  expect(changeOf('circleci', body('job-completed', 'build-and-test'))).toMatchObject({
    id: 'circleci:job:j-1',
    status: 'failed',
    env: 'staging',
  })
  expect(reasonOf('circleci', body('job-completed', 'deploy-production'))).toContain('as a whole')
  expect(reasonOf('circleci', body('workflow-completed', 'build-and-test'))).toContain('webhooks.circleci.deploys')
})

test('a Buildkite build of a pipeline that deploys is a change', () => {
  const body = (event: string, state: string) => ({
    body: {
      event,
      build: {
        id: 'b-1',
        state,
        message: 'Sum in cents\n\nmore',
        commit: SHA,
        branch: 'main',
        started_at: '2026-10-02T14:02:10.000Z',
        finished_at: state === 'running' ? null : '2026-10-02T14:02:50.000Z',
        web_url: 'https://buildkite.example/b-1',
        creator: { name: 'Ana' },
      },
      pipeline: { slug: 'checkout-deploy', name: 'checkout deploy', repository: 'git@github.com:acme/checkout.git' },
    },
  })
  expect(changeOf('buildkite', body('build.running', 'running'))).toMatchObject({
    id: 'buildkite:build:b-1',
    status: 'started',
    service: 'checkout',
    repo: 'acme/checkout',
  })
  expect(changeOf('buildkite', body('build.finished', 'passed'))).toMatchObject({
    id: 'buildkite:build:b-1',
    status: 'succeeded',
    finished_at: '2026-10-02T14:02:50.000Z',
    title: 'Sum in cents',
  })
  expect(reasonOf('buildkite', body('build.scheduled', 'scheduled'))).toContain('build.scheduled')
})

test('a Bitbucket build status that deploys is a change, and so is a pushed tag', () => {
  const repository = { full_name: 'acme/checkout', name: 'Checkout' }
  const status = (state: string, name: string) => ({
    headers: { 'x-event-key': 'repo:commit_status_updated' },
    body: {
      repository,
      actor: { nickname: 'ana' },
      commit_status: {
        name,
        key: 'deploy',
        state,
        created_on: '2026-10-02T14:02:10.547563+00:00',
        updated_on: '2026-10-02T14:02:50.433108+00:00',
        links: { commit: { href: `https://api.bitbucket.example/2.0/repositories/acme/checkout/commit/${SHA}` } },
      },
    },
  })
  expect(changeOf('bitbucket', status('SUCCESSFUL', 'Deploy to production'))).toMatchObject({
    id: `bitbucket:acme/checkout:status:${SHA}:deploy`,
    ts: '2026-10-02T14:02:10.547Z',
    finished_at: '2026-10-02T14:02:50.433Z',
    service: 'checkout',
    env: 'prod',
    version: SHA,
  })
  expect(changeOf('bitbucket', status('INPROGRESS', 'Deploy to production'))).toMatchObject({ status: 'started' })
  expect(changeOf('bitbucket', status('FAILED', 'Deploy to production'))).toMatchObject({ status: 'failed' })
  const push = (name: string) => ({
    headers: { 'x-event-key': 'repo:push' },
    body: {
      repository,
      push: { changes: [{ new: { type: 'tag', name, date: '2026-10-02T14:02:10+00:00', target: { hash: SHA } } }] },
    },
  })
  expect(changeOf('bitbucket', push('v4.2'))).toMatchObject({ version: 'v4.2', commit: SHA })
  expect(reasonOf('bitbucket', push('try'))).toContain('tag')
})

test('a Spinnaker pipeline with stages that deploy is one change from its start to its end', () => {
  const event = (type: string, status: string, stages: readonly object[]) => ({
    body: {
      details: { source: 'orca', type, application: 'checkout' },
      content: {
        execution: {
          id: '01HX',
          application: 'checkout',
          name: 'to production',
          status,
          startTime: 1_790_949_730_000,
          endTime: status === 'RUNNING' ? null : 1_790_949_770_000,
          stages,
          trigger: { user: 'ana', artifacts: [{ type: 'docker/image', reference: 'registry.example/checkout:v42' }] },
        },
      },
    },
  })
  const stages = [{ type: 'deployManifest', context: { account: 'gke-prod' } }]
  expect(changeOf('spinnaker', event('orca:pipeline:starting', 'RUNNING', stages))).toMatchObject({
    id: 'spinnaker:execution:01HX',
    status: 'started',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    author: 'ana',
  })
  expect(changeOf('spinnaker', event('orca:pipeline:failed', 'TERMINAL', stages))).toMatchObject({
    id: 'spinnaker:execution:01HX',
    status: 'failed',
    finished_at: '2026-10-02T14:02:50.000Z',
  })
  expect(reasonOf('spinnaker', event('orca:pipeline:complete', 'SUCCEEDED', [{ type: 'wait' }]))).toContain(
    'webhooks.spinnaker.deploys',
  )
  expect(reasonOf('spinnaker', event('orca:stage:complete', 'SUCCEEDED', stages))).toContain('orca:stage:complete')
})

test('Azure DevOps: the start and the end of a deployment are one change', () => {
  const event = (eventType: string, more: object) => ({
    body: {
      eventType,
      createdDate: '2026-10-02T14:02:50Z',
      message: { text: 'Deployment of Release-42' },
      resource: {
        environment: {
          id: 3,
          releaseId: 42,
          name: 'Production',
          release: { name: 'Release-42' },
          releaseDefinition: { name: 'checkout' },
          ...more,
        },
        project: { name: 'Shop' },
      },
    },
  })
  const started = changeOf('azure-devops', event('ms.vss-release.deployment-started-event', {}))
  expect(started).toMatchObject({
    id: 'azure-devops:Shop:release:42:3',
    status: 'started',
    service: 'checkout',
    env: 'prod',
    version: 'Release-42',
  })
  expect(
    changeOf('azure-devops', event('ms.vss-release.deployment-completed-event', { status: 'succeeded' })),
  ).toMatchObject({ id: started['id'], status: 'succeeded', finished_at: '2026-10-02T14:02:50.000Z' })
})

test('Azure DevOps: stages, runs and builds that deploy are changes', () => {
  const stage = (name: string, state: string, result?: string) => ({
    body: {
      eventType: 'ms.vss-pipelines.stage-state-changed-event',
      createdDate: '2026-10-02T14:02:50Z',
      resource: {
        stage: { name, displayName: name, state, result },
        run: { id: 7, name: '20261002.1' },
        pipeline: { name: 'checkout' },
        project: { name: 'Shop' },
      },
    },
  })
  expect(changeOf('azure-devops', stage('Production', 'running'))).toMatchObject({
    status: 'started',
    service: 'checkout',
    env: 'prod',
    version: '20261002.1',
  })
  expect(changeOf('azure-devops', stage('Production', 'completed', 'failed'))).toMatchObject({ status: 'failed' })
  expect(reasonOf('azure-devops', stage('Build', 'running'))).toContain('webhooks.azure_devops.deploys')
  const build = (name: string) => ({
    body: {
      eventType: 'build.complete',
      resource: {
        id: 2,
        result: 'succeeded',
        buildNumber: '20261002.1',
        startTime: '2026-10-02T14:02:10.83Z',
        finishTime: '2026-10-02T14:02:50.69Z',
        definition: { name },
        sourceVersion: SHA,
      },
    },
  })
  expect(changeOf('azure-devops', build('checkout-release'))).toMatchObject({
    ts: '2026-10-02T14:02:10.830Z',
    version: '20261002.1',
    commit: SHA,
  })
  expect(reasonOf('azure-devops', build('checkout'))).toContain('webhooks.azure_devops.deploys')
})
