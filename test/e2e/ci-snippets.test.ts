import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { type RunningServices, startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'

const CI = new URL('../../deploy/ci/', import.meta.url)

let directory: string
let services: RunningServices

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-ci-'))
  const config = await readConfig(undefined, {
    CULPRIT_LISTEN__PORT: '0',
    CULPRIT_LISTEN__DRAIN: '0s',
    CULPRIT_DATA_DIRECTORY: join(directory, 'data'),
  })
  services = await startServices({ log: createLog({ level: 'silent', write: () => {} }), nowMs: Date.now }, config)
})

afterAll(async () => {
  await services.stop()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

const read = (name: string) => readFile(new URL(name, CI), 'utf8')

/** Runs a snippet's commands as CI does, with the variables that CI sets. */
async function run(script: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const env = {
    PATH: `${directory}:${process.env['PATH'] ?? ''}`,
    CULPRIT_SERVER: services.address,
    CULPRIT_TOKEN: 't',
  }
  await promisify(execFile)('sh', ['-eu', '-c', script], { env: { ...env, ...variables } })
}

/** What is known of a service's changes; each snippet is of a service of its own. */
async function changesOf(service: string): Promise<unknown[]> {
  const response = await fetch(`${services.address}/api/v1/changes?service=${service}`)
  return z.object({ items: z.array(z.unknown()) }).parse(await response.json()).items
}

const SHA = '9f2c1de0a7b64c5fb3d2e1f0a9b8c7d6e5f4a3b2'
const HOSTILE = `fix "quotes" $(touch x) \`id\` \\ 'and' <b>`

test('the GitHub step tells the deploy, and how it ended', async () => {
  const steps = z.array(z.object({ run: z.string() })).parse(parse(await read('github-actions.yml')))
  const github = {
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SHA: SHA,
    GITHUB_ACTOR: 'ana',
    GITHUB_REPOSITORY: 'shop/checkout',
    GITHUB_SERVER_URL: 'https://github.com',
  }
  await run(steps[0]?.run ?? '', { ...github, DEPLOY_SERVICE: 'checkout', DEPLOY_STATUS: 'failure' })
  await expect
    .poll(() => changesOf('checkout'), { timeout: 10_000 })
    .toMatchObject([
      {
        id: 'github-77-1-checkout',
        kind: 'deploy',
        service: 'checkout',
        version: SHA.slice(0, 12),
        status: 'failed',
        author: 'ana',
        url: 'https://github.com/shop/checkout/actions/runs/77',
      },
    ])
})

test('the GitLab job tells the deploy, whatever its commit is called', async () => {
  const job = z.object({ script: z.array(z.string()) }).parse(parse(await read('gitlab-ci.yml'))['tell-culprit'])
  const gitlab = {
    CI_PIPELINE_ID: '5',
    CI_COMMIT_SHORT_SHA: SHA.slice(0, 8),
    CI_COMMIT_SHA: SHA,
    CI_COMMIT_TITLE: HOSTILE,
  }
  const more = { GITLAB_USER_LOGIN: 'ben', CI_PROJECT_PATH: 'shop/cart', CI_ENVIRONMENT_NAME: 'production' }
  await run(job.script.join('\n'), {
    ...gitlab,
    ...more,
    CI_PIPELINE_URL: 'https://git.example/p/5',
    DEPLOY_SERVICE: 'cart',
  })
  await expect
    .poll(() => changesOf('cart'), { timeout: 10_000 })
    .toMatchObject([{ id: 'gitlab-5-cart', env: 'prod', service: 'cart', version: SHA.slice(0, 8), title: HOSTILE }])
})

test('the Jenkins step tells the deploy', async () => {
  const [, script = ''] = /sh '''([\s\S]*?)'''/.exec(await read('Jenkinsfile')) ?? []
  const jenkins = {
    BUILD_TAG: 'jenkins-shop-9',
    BUILD_NUMBER: '9',
    JOB_NAME: 'shop',
    BUILD_URL: 'https://ci.example/9',
  }
  await run(script, { ...jenkins, GIT_COMMIT: SHA, BUILD_RESULT: 'ABORTED', DEPLOY_SERVICE: 'web' })
  await expect
    .poll(() => changesOf('web'), { timeout: 10_000 })
    .toMatchObject([{ id: 'jenkins-jenkins-shop-9', service: 'web', version: SHA.slice(0, 12), status: 'cancelled' }])
})

test('the CircleCI step tells the deploy', async () => {
  const steps = z.array(z.object({ run: z.object({ command: z.string() }) })).parse(parse(await read('circleci.yml')))
  const circle = {
    CIRCLE_WORKFLOW_ID: 'w1',
    CIRCLE_SHA1: SHA,
    CIRCLE_USERNAME: 'eva',
    CIRCLE_BUILD_URL: 'https://ci.example/1',
  }
  const project = { CIRCLE_PROJECT_USERNAME: 'shop', CIRCLE_PROJECT_REPONAME: 'search', DEPLOY_SERVICE: 'search' }
  await run(steps[0]?.run.command ?? '', { ...circle, ...project })
  await expect
    .poll(() => changesOf('search'), { timeout: 10_000 })
    .toMatchObject([{ id: 'circleci-w1-search', service: 'search', repo: 'shop/search', author: 'eva' }])
})

test('the Kubernetes forwarder tells a rollout when it begins and when it is done, as one change', async () => {
  const documents = parseAllDocuments(await read('kubernetes-forwarder.yaml')).map((document): unknown =>
    document.toJS(),
  )
  const script = documents.flatMap((document) => {
    const parsed = z.object({ data: z.object({ 'forward.sh': z.string() }) }).safeParse(document)
    return parsed.success ? [parsed.data.data['forward.sh']] : []
  })
  const rollout = (updatedReplicas: number) => ({
    metadata: {
      uid: 'u-1',
      generation: 4,
      name: 'checkout-web',
      labels: { 'app.kubernetes.io/name': 'pay' },
      annotations: { 'deployment.kubernetes.io/revision': '12' },
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { replicas: 3, template: { spec: { containers: [{ image: 'registry.example:5000/shop/checkout:v42' }] } } },
    status: {
      observedGeneration: 4,
      updatedReplicas,
      unavailableReplicas: 3 - updatedReplicas,
      conditions: [{ type: 'Progressing', lastUpdateTime: `2026-11-21T10:00:0${updatedReplicas}Z` }],
    },
  })
  // The cluster is outside: what its client prints while it watches.
  await writeFile(
    join(directory, 'watched.json'),
    [rollout(1), rollout(3)].map((one) => JSON.stringify(one, null, 2)).join('\n'),
  )
  await writeFile(join(directory, 'kubectl'), `#!/bin/sh\ncat ${directory}/watched.json\n`)
  await chmod(join(directory, 'kubectl'), 0o755)
  await run(script.join('\n'), {})
  await expect
    .poll(() => changesOf('pay'), { timeout: 10_000 })
    .toMatchObject([
      {
        id: 'kubernetes-u-1-12',
        service: 'pay',
        version: 'v42',
        status: 'succeeded',
        ts: '2026-11-21T10:00:01.000Z',
      },
    ])
})
