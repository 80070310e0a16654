import { expect, test } from 'vitest'
import { changeOf, reasonOf } from './read-changes.ts'

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'

test('an applied Terraform run is a change of the whole platform, unless its workspace is mapped', () => {
  const run = (trigger: string, run_status: string) => ({
    body: {
      payload_version: 1,
      run_url: 'https://app.terraform.example/app/acme/network-prod/runs/run-1',
      run_id: 'run-1',
      run_message: 'Smaller nodes',
      run_created_by: 'ana',
      workspace_name: 'network-prod',
      organization_name: 'acme',
      notifications: [{ message: 'Run Applied', trigger, run_status, run_updated_at: '2026-10-02T14:02:50.000Z' }],
    },
  })
  expect(changeOf('terraform', run('run:applying', 'applying'))).toMatchObject({
    id: 'terraform:run:run-1',
    kind: 'infra',
    status: 'started',
    env: 'prod',
  })
  const applied = changeOf('terraform', run('run:completed', 'applied'))
  expect(applied).toMatchObject({
    id: 'terraform:run:run-1',
    status: 'succeeded',
    title: 'network-prod: Smaller nodes',
    author: 'ana',
  })
  expect(applied).not.toHaveProperty('service')
  expect(
    changeOf('terraform', {
      ...run('run:completed', 'applied'),
      settings: { services: { 'network-prod': 'gateway' } },
    }),
  ).toMatchObject({ service: 'gateway' })
  expect(reasonOf('terraform', run('run:completed', 'planned_and_finished'))).toContain('planned_and_finished')
  expect(reasonOf('terraform', { body: { notifications: [{ trigger: 'verification' }] } })).toContain('set up')
})

test('a LaunchDarkly flag that is turned in an environment is a change; its name is none', () => {
  const entry = (resource: string, action: string, more: object = {}) => ({
    body: {
      _id: 'e-1',
      kind: 'flag',
      name: 'Express pay',
      date: 1_790_949_770_000,
      titleVerb: 'turned on the flag',
      accesses: [{ action, resource }],
      member: { email: 'ana@acme.example' },
      ...more,
    },
  })
  const turned = {
    previousVersion: { environments: { production: { on: false } } },
    currentVersion: { environments: { production: { on: true } } },
  }
  expect(
    changeOf('launchdarkly', entry('proj/shop:env/production:flag/express-pay', 'updateOn', turned)),
  ).toMatchObject({
    id: 'launchdarkly:entry:e-1',
    kind: 'feature_flag',
    env: 'prod',
    ts: '2026-10-02T14:02:50.000Z',
    title: 'flag express-pay on',
    author: 'ana@acme.example',
    url: 'https://app.launchdarkly.com/shop/production/features/express-pay',
  })
  expect(
    changeOf(
      'launchdarkly',
      entry('proj/shop:env/production:flag/express-pay', 'updateRules', { titleVerb: 'changed the rules of' }),
    ),
  ).toMatchObject({ title: 'flag express-pay: changed the rules of' })
  expect(reasonOf('launchdarkly', entry('proj/shop:env/*:flag/express-pay', 'updateName'))).toContain('no environment')
  expect(reasonOf('launchdarkly', { body: { kind: 'member' } })).toContain('member')
})

test('CodeDeploy tells through SNS, directly and through EventBridge, and each step is the same change', () => {
  const message = (status: string) => ({
    region: 'us-west-1',
    deploymentId: 'd-75I7MBT7C',
    applicationName: 'checkout',
    deploymentGroupName: 'production',
    createTime: 'Fri Oct 02 14:02:10 UTC 2026',
    completeTime: status === 'CREATED' ? undefined : 'Fri Oct 02 14:02:50 UTC 2026',
    status,
  })
  expect(
    changeOf('codedeploy', {
      body: { Type: 'Notification', MessageId: 'm-1', Message: JSON.stringify(message('CREATED')) },
    }),
  ).toMatchObject({
    id: 'codedeploy:d-75I7MBT7C',
    status: 'started',
    service: 'checkout',
    env: 'prod',
    ts: '2026-10-02T14:02:10.000Z',
  })
  expect(changeOf('codedeploy', { body: message('SUCCEEDED') })).toMatchObject({
    id: 'codedeploy:d-75I7MBT7C',
    status: 'succeeded',
    finished_at: '2026-10-02T14:02:50.000Z',
  })
  const event = (state: string) => ({
    source: 'aws.codedeploy',
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    time: '2026-10-02T14:02:50Z',
    detail: { application: 'checkout', deploymentId: 'd-75I7MBT7C', deploymentGroup: 'production', state },
  })
  expect(changeOf('codedeploy', { body: event('FAILURE') })).toMatchObject({
    id: 'codedeploy:d-75I7MBT7C',
    status: 'failed',
  })
  const ecs = {
    source: 'aws.ecs',
    'detail-type': 'ECS Deployment State Change',
    time: '2026-10-02T14:02:50Z',
    resources: ['arn:aws:ecs:us-west-1:1:service/prod/checkout'],
    detail: { eventName: 'SERVICE_DEPLOYMENT_COMPLETED', deploymentId: 'ecs-svc/123' },
  }
  expect(changeOf('codedeploy', { body: ecs })).toMatchObject({
    id: 'codedeploy:123',
    service: 'checkout',
    env: 'prod',
    status: 'succeeded',
  })
  expect(reasonOf('codedeploy', { body: { Type: 'Notification', Message: 'hello' } })).toContain('no deployment')
})

test('a PagerDuty change event is a change; an alert is none', () => {
  const body = {
    routing_key: 'x',
    payload: {
      summary: 'Deployed checkout v42',
      timestamp: '2026-10-02T14:02:50.000Z',
      source: 'ci',
      custom_details: { service: 'checkout', environment: 'production', version: 'v42' },
    },
    links: [{ href: 'https://ci.example/42', text: 'build' }],
  }
  expect(changeOf('pagerduty', { body })).toMatchObject({
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    title: 'Deployed checkout v42',
    url: 'https://ci.example/42',
  })
  expect(
    changeOf('pagerduty', { body: { payload: { summary: 'Feature flag express-pay on', source: 'flags' } } }),
  ).toMatchObject({ kind: 'feature_flag', ts: '2026-10-02T14:10:00.000Z' })
  expect(reasonOf('pagerduty', { body: { ...body, event_action: 'trigger' } })).toContain('no change event')
})

test('a deploy that Sentry is told of is a change; an issue is none', () => {
  const body = {
    version: 'checkout@4.2.0',
    projects: ['checkout'],
    environment: 'production',
    dateStarted: '2026-10-02T14:02:10Z',
    dateFinished: '2026-10-02T14:02:50Z',
    ref: SHA,
  }
  expect(changeOf('sentry', { body })).toMatchObject({
    service: 'checkout',
    env: 'prod',
    version: '4.2.0',
    commit: SHA,
    ts: '2026-10-02T14:02:10.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
  })
  expect(reasonOf('sentry', { headers: { 'sentry-hook-resource': 'issue' }, body: {} })).toContain('issue')
})

test('Datadog: a deployment is a change, and so is an event that speaks of one', () => {
  const deployment = {
    service: 'checkout',
    env: 'prod',
    started_at: 1_790_949_730_000_000_000,
    finished_at: 1_790_949_770_000_000_000,
    version: 'v42',
    git: { commit_sha: SHA, repository_url: 'https://github.com/acme/checkout' },
  }
  expect(changeOf('datadog', { body: { data: { attributes: deployment } } })).toMatchObject({
    service: 'checkout',
    version: 'v42',
    ts: '2026-10-02T14:02:10.000Z',
    finished_at: '2026-10-02T14:02:50.000Z',
    repo: 'acme/checkout',
  })
  const event = {
    id: '99',
    title: 'Rolled back checkout',
    tags: 'service:checkout,env:production,version:v41',
    date: 1_790_949_770_000,
  }
  expect(changeOf('datadog', { body: event })).toMatchObject({
    id: 'datadog:event:99',
    kind: 'rollback',
    service: 'checkout',
    env: 'prod',
    version: 'v41',
  })
  expect(reasonOf('datadog', { body: { title: 'CPU is high', tags: [] } })).toContain('speak of')
})

test('Grafana: an annotation that speaks of a change is one; an alert is none', () => {
  const body = {
    id: 5,
    time: 1_790_949_770_000,
    tags: ['deploy', 'service:checkout', 'version:v42'],
    text: '<b>checkout</b> v42',
  }
  expect(changeOf('grafana', { body })).toMatchObject({
    id: 'grafana:annotation:5',
    kind: 'deploy',
    service: 'checkout',
    version: 'v42',
    title: 'checkout v42',
  })
  expect(reasonOf('grafana', { body: { text: 'lunch', tags: [] } })).toContain('speak of')
  expect(reasonOf('grafana', { body: { status: 'firing', alerts: [] } })).toContain('annotations')
})
