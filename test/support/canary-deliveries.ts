import { CANARY, logOf, MARKER } from './canary-log.ts'

const AT = '2026-01-26T19:45:25Z'
const AT_NANOS = `${Date.parse(AT)}000000`
const SECRETS = {
  env: { AWS_SECRET_ACCESS_KEY: CANARY, DATABASE_URL: `postgres://user:${CANARY}@db.example/shop` },
  environment_variables: [{ key: 'DEPLOY_TOKEN', value: CANARY }],
  token: CANARY,
  headers: { Authorization: `Bearer ${CANARY}` },
}
const PASTED = `${MARKER}: deploy with API_TOKEN=${CANARY} and Authorization: Bearer ${CANARY}`
const page = (path: string) => `https://bot:${CANARY}@ci.example/${path}?access_token=${CANARY}#${CANARY}`

/** What systems that build and deploy send, by the name of their webhook, with secrets in whatever may hold one. */
export const CANARY_WEBHOOKS: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
  [
    'github',
    { 'x-github-event': 'deployment_status', authorization: `Basic ${CANARY}` },
    {
      ...SECRETS,
      deployment_status: { state: 'success', created_at: AT, log_url: page('logs/1') },
      deployment: {
        ...{ id: 1, sha: 'a1b2c3d4e5f6', environment: 'production', created_at: AT, description: PASTED },
        payload: { ...SECRETS, version: 'v1' },
      },
      repository: { name: 'shop', full_name: 'acme/shop', clone_url: page('acme/shop.git') },
    },
  ],
  [
    'gitlab',
    { 'x-gitlab-token': CANARY },
    {
      ...{ object_kind: 'pipeline', commit: { title: PASTED } },
      object_attributes: { id: 1, sha: 'a1b2c3d4e5f6', variables: [{ key: 'TOKEN', value: CANARY }] },
      project: { name: 'shop', path_with_namespace: 'acme/shop', web_url: page('acme/shop') },
      builds: [{ ...SECRETS, id: 7, name: 'deploy', status: 'success', started_at: AT, environment: { name: 'prod' } }],
    },
  ],
  [
    'jenkins',
    { authorization: `Bearer ${CANARY}` },
    {
      name: 'deploy-shop',
      startedUsername: MARKER,
      build: {
        ...{ full_url: page('job/deploy-shop/18/'), phase: 'STARTED', timestamp: AT },
        parameters: { VERSION: 'v2', DEPLOY_TOKEN: CANARY, PASSWORD: CANARY },
        scm: { url: page('acme/shop.git'), commit: 'a1b2c3d4e5f6', branch: 'main' },
      },
    },
  ],
  [
    'circleci',
    {},
    {
      ...SECRETS,
      ...{ type: 'workflow-completed', id: '1', happened_at: AT, project: { name: 'shop', slug: 'gh/acme/shop' } },
      workflow: { id: 'w1', name: 'deploy', status: 'success', created_at: AT, stopped_at: AT, url: page('w1') },
      pipeline: {
        trigger_parameters: SECRETS,
        vcs: { revision: 'a1b2c3', target_repository_url: page('acme/shop.git'), commit: { subject: PASTED } },
      },
    },
  ],
  [
    'buildkite',
    { 'x-buildkite-token': CANARY },
    {
      ...{ event: 'build.finished', pipeline: { slug: 'shop-deploy', name: 'deploy', repository: page('acme/shop') } },
      build: {
        ...{ id: 'b1', state: 'passed', message: PASTED, commit: 'a1b2c3d4', started_at: AT, finished_at: AT },
        ...{ web_url: page('b1'), env: SECRETS.env, meta_data: { token: CANARY }, creator: { name: MARKER } },
      },
    },
  ],
  [
    'standard',
    { 'webhook-signature': CANARY },
    { ...SECRETS, env: 'prod', ts: AT, kind: 'deploy', service: 'shop', version: 'v3', title: PASTED, url: page('s1') },
  ],
]

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const REQUEST = [
  { key: 'http.response.status_code', value: { intValue: '200' } },
  text('url.path', `/${MARKER}?token=${CANARY}`),
  text('url.query', `token=${CANARY}`),
  text('url.full', `https://user:${CANARY}@shop.example/${MARKER}?token=${CANARY}`),
  text('http.request.header.authorization', `Bearer ${CANARY}`),
  text('http.request.header.cookie', `sid=${CANARY}`),
]

/** An ExportLogsServiceRequest of events and of records that are none. */
export const CANARY_OTLP = {
  resourceLogs: [
    {
      resource: { attributes: [text('service.name', 'shop'), text('process.command_args', `--token=${CANARY}`)] },
      scopeLogs: [
        {
          logRecords: [
            { timeUnixNano: AT_NANOS, attributes: REQUEST, body: { stringValue: `Bearer ${CANARY}` } },
            { timeUnixNano: AT_NANOS, attributes: REQUEST.slice(1) },
            { body: { stringValue: logOf([`${MARKER} Authorization: Bearer ${CANARY} /a?token=${CANARY}`]) } },
          ],
        },
      ],
    },
  ],
}

/** The same with everything of an hour ago, that of `canary-log.ts` too: a server keeps nothing that is months old. */
export function hourOld(sent: string, nowMs: number): string {
  const at = new Date(nowMs - 3_600_000)
  const [, day, month, year, time] = at.toUTCString().split(' ')
  return sent
    .replaceAll(AT, at.toISOString())
    .replaceAll(AT_NANOS, `${at.getTime()}000000`)
    .replaceAll('26/Jan/2026:19:45:25', `${day}/${month}/${year}:${time}`)
}
