/** A delivery as its sender would send it, before it is signed. Names of headers are in lower case. */
export interface SampleDelivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

const COMMIT = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'
const REPO = 'acme/checkout'
const LINK = 'https://ci.example/acme/checkout/7'

/** What the named sender would tell of a deploy of `checkout` that ended at `atMs`; undefined of one that is not known. */
export function sampleDelivery(sender: string, atMs: number): SampleDelivery | undefined {
  const make = Object.hasOwn(SAMPLES, sender) ? SAMPLES[sender] : undefined
  if (make === undefined) return undefined
  const { headers = {}, ...body } = make(new Date(atMs).toISOString())
  return { headers: { 'content-type': 'application/json', ...headers }, body }
}

/** Members of the body, and the headers that say what it is. */
type Sample = Readonly<Record<string, unknown>> & { readonly headers?: Readonly<Record<string, string>> }

const RELEASE_EVENT = {
  context: { version: '0.5.0', id: 'culprit-test', type: 'dev.cdevents.service.deployed.0.3.0' },
  subject: {
    id: 'cluster/checkout',
    content: { environment: { id: 'production' }, artifactId: 'pkg:oci/checkout@sha256%3A0?tag=v42' },
  },
}

/** No more of each than its adapter's documentation has for such an event. */
const SAMPLES: Readonly<Record<string, (at: string) => Sample>> = {
  github: (at) => ({
    headers: { 'x-github-event': 'deployment_status', 'x-github-delivery': 'culprit-test' },
    action: 'created',
    deployment_status: { state: 'success', created_at: at, target_url: LINK },
    deployment: {
      id: 7,
      sha: COMMIT,
      ref: 'v4.2',
      environment: 'production',
      created_at: at,
      creator: { login: 'ana' },
    },
    repository: { name: 'checkout', full_name: REPO },
  }),
  gitlab: (at) => ({
    headers: { 'x-gitlab-event': 'Deployment Hook' },
    object_kind: 'deployment',
    status: 'success',
    status_changed_at: at,
    deployable_id: 7,
    deployable_url: LINK,
    environment: 'production',
    ref: 'v4.2',
    short_sha: COMMIT.slice(0, 8),
    user: { username: 'ana' },
    project: { path_with_namespace: REPO, web_url: `https://gitlab.example/${REPO}` },
  }),
  argocd: (at) => ({
    metadata: { name: 'checkout-production', namespace: 'argocd' },
    spec: { destination: { namespace: 'production' }, source: { repoURL: `https://git.example/${REPO}.git` } },
    status: {
      operationState: { phase: 'Succeeded', startedAt: at, finishedAt: at, syncResult: { revision: COMMIT } },
      summary: { images: ['registry.example/checkout:v42'] },
    },
  }),
  flux: (at) => ({
    involvedObject: { kind: 'HelmRelease', namespace: 'production', name: 'checkout' },
    reason: 'UpgradeSucceeded',
    severity: 'info',
    message: 'Helm upgrade succeeded for release production/checkout.v42 with chart checkout@4.2.0',
    timestamp: at,
    metadata: { revision: '4.2.0' },
  }),
  kubernetes: (at) => ({
    type: 'MODIFIED',
    object: {
      kind: 'Deployment',
      metadata: {
        ...{ name: 'checkout', namespace: 'production', generation: 42 },
        annotations: { 'deployment.kubernetes.io/revision': '42' },
      },
      spec: { template: { spec: { containers: [{ name: 'checkout', image: 'registry.example/checkout:v42' }] } } },
      status: {
        observedGeneration: 42,
        conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: at }],
      },
    },
  }),
  jenkins: (at) => ({
    name: 'deploy-checkout-production',
    build: {
      ...{ full_url: 'https://ci.example/job/deploy-checkout-production/7/', number: 7, phase: 'FINALIZED' },
      ...{ status: 'SUCCESS', timestamp: Date.parse(at), duration: 0, parameters: { VERSION: 'v42' } },
    },
  }),
  circleci: (at) => ({
    headers: { 'circleci-event-type': 'workflow-completed' },
    type: 'workflow-completed',
    happened_at: at,
    project: { name: 'checkout', slug: `github/${REPO}` },
    workflow: {
      id: 'culprit-test',
      name: 'deploy-production',
      status: 'success',
      created_at: at,
      stopped_at: at,
      url: LINK,
    },
    pipeline: { vcs: { revision: COMMIT, commit: { subject: 'Sum in cents', author: { name: 'Ana' } } } },
  }),
  bitbucket: (at) => ({
    headers: { 'x-event-key': 'repo:commit_status_updated' },
    commit_status: {
      ...{
        name: 'deploy to production',
        key: 'deploy',
        state: 'SUCCESSFUL',
        created_on: at,
        updated_on: at,
        url: LINK,
      },
      commit: { hash: COMMIT },
    },
    repository: { name: 'checkout', full_name: REPO },
    actor: { nickname: 'ana' },
  }),
  buildkite: (at) => ({
    headers: { 'x-buildkite-event': 'build.finished' },
    event: 'build.finished',
    build: {
      ...{ id: 'culprit-test', state: 'passed', started_at: at, finished_at: at, commit: COMMIT, tag: 'v4.2' },
      ...{ web_url: LINK, message: 'Sum in cents', creator: { name: 'Ana' } },
    },
    pipeline: { slug: 'checkout-deploy', name: 'checkout deploy production' },
  }),
  spinnaker: (at) => ({
    details: { type: 'orca:pipeline:complete', application: 'checkout' },
    content: {
      execution: {
        ...{ id: 'culprit-test', application: 'checkout', name: 'deploy to production', status: 'SUCCEEDED' },
        ...{ startTime: Date.parse(at), endTime: Date.parse(at) },
        stages: [{ type: 'deployManifest', context: { account: 'production' } }],
        trigger: { user: 'ana', parameters: { version: 'v42' } },
      },
    },
  }),
  terraform: (at) => ({
    run_id: 'run-culprit-test',
    run_url: LINK,
    run_message: 'Larger database',
    run_created_by: 'ana',
    workspace_name: 'network-production',
    organization_name: 'acme',
    notifications: [{ trigger: 'run:completed', run_status: 'applied', run_updated_at: at }],
  }),
  launchdarkly: (at) => ({
    _id: 'culprit-test',
    kind: 'flag',
    date: Date.parse(at),
    name: 'new-cart',
    titleVerb: 'turned on the flag',
    accesses: [{ action: 'updateOn', resource: 'proj/shop:env/production:flag/new-cart' }],
    member: { email: 'ana@acme.example' },
    currentVersion: { environments: { production: { on: true } } },
    previousVersion: { environments: { production: { on: false } } },
  }),
  codedeploy: (at) => ({
    source: 'aws.codedeploy',
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    time: at,
    region: 'eu-central-1',
    detail: { state: 'SUCCESS', deploymentId: 'd-TEST00007', application: 'checkout', deploymentGroup: 'production' },
  }),
  pagerduty: (at) => ({
    payload: {
      summary: 'Deployed checkout v42',
      timestamp: at,
      source: 'checkout',
      custom_details: { service: 'checkout', environment: 'production', version: 'v42', author: 'ana' },
    },
    links: [{ href: LINK }],
  }),
  sentry: (at) => ({
    headers: { 'sentry-hook-resource': 'deploy' },
    data: {
      release: 'checkout@4.2.0',
      deploy: { id: '7', environment: 'production', dateStarted: at, dateFinished: at, url: LINK },
    },
  }),
  datadog: (at) => ({
    data: {
      attributes: {
        ...{ id: 'culprit-test', service: 'checkout', env: 'production', version: 'v42' },
        ...{ started_at: Date.parse(at), finished_at: Date.parse(at) },
        git: { commit_sha: COMMIT, repository_url: `https://git.example/${REPO}` },
      },
    },
  }),
  grafana: (at) => ({
    ...{ id: 7, time: Date.parse(at), text: 'Deployed checkout v42' },
    tags: ['deploy', 'service:checkout', 'env:production', 'version:v42'],
  }),
  'azure-devops': (at) => ({
    eventType: 'ms.vss-release.deployment-completed-event',
    createdDate: at,
    message: { text: 'Deployment of Release-42 to production succeeded' },
    resource: {
      environment: {
        ...{ id: 7, releaseId: 42, name: 'production', status: 'succeeded', owner: { displayName: 'Ana' } },
        ...{ release: { name: 'Release-42' }, releaseDefinition: { name: 'checkout' } },
      },
      project: { name: 'shop' },
    },
  }),
  cloudevents: (at) => ({
    headers: { 'content-type': 'application/cloudevents+json' },
    ...{ specversion: '1.0', id: 'culprit-test', source: 'test', type: 'example.deployed', time: at },
    data: { kind: 'deploy', service: 'checkout', version: 'v42', author: 'ana' },
  }),
  cdevents: (at) => ({ ...RELEASE_EVENT, context: { ...RELEASE_EVENT.context, source: '/test', timestamp: at } }),
  standard: (at) => ({
    id: 'culprit-test',
    ts: at,
    kind: 'deploy',
    service: 'checkout',
    version: 'v42',
    author: 'ana',
  }),
}
