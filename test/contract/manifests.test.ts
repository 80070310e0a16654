import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { type DeployTools, deployTools } from '../support/deploy-tools.ts'

const CHART = fileURLToPath(new URL('../../deploy/helm/culprit', import.meta.url))
const ALERTS = new URL('../../deploy/prometheus/alerts.yaml', import.meta.url)
const COMPOSE = new URL('../../deploy/compose.yaml', import.meta.url)
/** The oldest and the newest that the manifests are held against. */
const KUBERNETES = ['1.31', '1.37']
const MINUTE_MS = 60_000

const everything = {
  image: { repository: 'registry.example.com/culprit', tag: 'v1', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  secretName: 'culprit',
  ingress: { enabled: true, className: 'nginx', host: 'culprit.example.com', tlsSecretName: 'tls' },
  networkPolicy: { enabled: true, from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] },
  serviceMonitor: { enabled: true, interval: '15s', labels: { release: 'prometheus' } },
  prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: { nodeAffinity: {} },
  podAnnotations: { 'example.com/team': 'shop' },
}
const kafka = { bus: 'kafka', kafka: { brokers: ['kafka:9092'] }, clickhouse: { url: 'http://clickhouse:8123' } }
const SHAPES: Readonly<Record<string, object>> = {
  'embedded, as it comes': {},
  'embedded, with everything': { ...everything, embedded: { storage: '1Ti', storageClassName: 'fast' } },
  'embedded, with no policy': { networkPolicy: { enabled: false } },
  'distributed, as it comes': { shape: 'distributed', config: kafka },
  'distributed, with everything': { ...everything, shape: 'distributed', config: kafka },
  'distributed, one of each': {
    shape: 'distributed',
    config: kafka,
    services: { api: { replicas: 1 }, ingest: { replicas: 1 }, correlator: { replicas: 2 } },
  },
}

const tools = deployTools()
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-manifests-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

const run = promisify(execFile)

async function template({ helm }: DeployTools, values: object): Promise<string> {
  const file = join(directory, 'values.yaml')
  await writeFile(file, stringify(values))
  const args = ['template', 'shop', CHART, '--kube-version', `${KUBERNETES[0]}.0`, '--values', file]
  return (await run(helm, args)).stdout
}

const container = z.looseObject({
  args: z.array(z.string()),
  securityContext: z.looseObject({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
  }),
})
const podSchema = z.looseObject({
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
  containers: z.array(container).length(1),
})
const manifestSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.looseObject({ template: z.looseObject({ spec: podSchema }).optional() }).optional(),
})

function readManifests(text: string) {
  return parseAllDocuments(text).flatMap((document) => {
    const value: unknown = document.toJS()
    return value === null ? [] : [manifestSchema.parse(value)]
  })
}

describe.runIf(tools !== undefined)('the chart', () => {
  test('is made of what Kubernetes knows, in every shape', { timeout: 5 * MINUTE_MS }, async () => {
    if (tools === undefined) return
    const files: string[] = []
    for (const [shape, values] of Object.entries(SHAPES)) {
      const text = await template(tools, values)
      await run(tools.helm, ['lint', '--strict', '--values', join(directory, 'values.yaml'), CHART])
      // The operator that brings its kinds brings their schemas.
      const known = text
        .split(/^---$/m)
        .filter((part) => !part.includes('apiVersion: monitoring.coreos.com') && /^kind:/m.test(part))
      const file = join(directory, `${shape}.yaml`)
      await writeFile(file, known.join('---\n'))
      files.push(file)
      const manifests = readManifests(text)
      expect(manifests.filter(({ spec }) => spec?.template !== undefined).length, shape).toBeGreaterThan(0)
      const [config] = manifests.filter(({ kind }) => kind === 'ConfigMap')
      const own = join(directory, 'culprit.yaml')
      await writeFile(own, config?.data?.['culprit.yaml'] ?? '')
      await expect(readConfig(own, {}), shape).resolves.toBeDefined()
    }
    for (const version of KUBERNETES)
      await run(tools.kubernetesValidate, ['--strict', '--no-warn', '-k', version, ...files])
  })

  test('brings the alerts, and scrapes under the name that they look for', async () => {
    if (tools === undefined) return
    const manifests = readManifests(await template(tools, everything))
    const ofKind = (wanted: string) => manifests.find(({ kind }) => kind === wanted)
    expect(ofKind('PrometheusRule')?.spec).toEqual(parse(await readFile(ALERTS, 'utf8')))
    expect(ofKind('PrometheusRule')?.metadata).toMatchObject({ labels: { release: 'prometheus' } })
    const jobLabel = z.string().parse(ofKind('ServiceMonitor')?.spec?.['jobLabel'])
    expect(ofKind('Service')?.metadata.labels).toMatchObject({ [jobLabel]: 'culprit' })
  })

  test.each([
    ['an unknown shape', { shape: 'huge' }, /shape/],
    ['a key that is none', { replicas: 3 }, /replicas/],
    ['fewer replicas than none', { services: { correlator: { replicas: -1 } } }, /replicas/],
    ['an ingress without a name', { ingress: { enabled: true } }, /ingress\.host/],
  ])('refuses %s', async (_, values, reason) => {
    if (tools === undefined) return
    await expect(template(tools, values)).rejects.toThrow(reason)
  })
})

describe.runIf(tools !== undefined)('compose.yaml', () => {
  const load = async (text: string) => {
    if (tools === undefined) return ''
    const file = join(directory, 'compose.yaml')
    await writeFile(file, text.replaceAll(/\$\{[^}]*\}/g, 'secret'))
    return (await run(tools.compose, ['-format', 'json', file])).stdout
  }

  test('is one that docker compose understands', async () => {
    const loaded = z
      .object({ services: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(await load(await readFile(COMPOSE, 'utf8'))))
    expect(Object.keys(loaded.services)).toContain('correlator')
  })

  test('would not be with a key that is none', async () => {
    const wrong = (await readFile(COMPOSE, 'utf8')).replace('    command: [migrate]', '    comand: [migrate]')
    await expect(load(wrong)).rejects.toThrow(/comand/)
  })
})
