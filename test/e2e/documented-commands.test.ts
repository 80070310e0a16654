import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Block, readPages, readQuoted } from '../support/documents.ts'
import { BUILT_COMMAND, sampleLog } from './run-culprit.ts'

/*
 * Every block of shell in the README and in the pages beside the code is run as it stands, in a checkout of links, one after the
 * other. A comment before a block says otherwise: `until stopped` is the server of all of them, `not run: …` needs what is not here.
 */
const pages = readPages()
const blocks = pages.flatMap((page) => page.blocks)
const shell = blocks.filter(({ language }) => language === 'sh')
const runnable = shell.filter(({ remark }) => !/^(not run: .+|test command|until stopped)$/.test(remark))
const untilStopped = shell.filter(({ remark }) => remark === 'until stopped')

const LISTENS = /listens on (http:\S+)/
const DOCUMENTED_ADDRESS = 'http://127.0.0.1:8080'

let directory: string
let server: { readonly address: string; readonly stop: () => Promise<number | null> }

/** What a command line is run with. npm's own work is left out: `npx culprit` is the command that was built. */
const environment = () => ({
  ...process.env,
  PATH: `${directory}/bin:${process.env['PATH'] ?? ''}`,
  USER: 'ana',
  NO_COLOR: '1',
  COLUMNS: '80',
  CULPRIT_LISTEN__PORT: '0',
  CULPRIT_LISTEN__DRAIN: '0s',
})

/** A block as it stands, but for where nginx logs and the server listens; all that it needs is installed. */
function here(text: string): string {
  return text
    .replace(/^npm ci && /, '')
    .replaceAll('/var/log/nginx/', `${directory}/log/`)
    .replaceAll(DOCUMENTED_ADDRESS, server?.address ?? DOCUMENTED_ADDRESS)
}

async function run({ text }: Block): Promise<string> {
  const env = { ...environment(), CULPRIT_SERVER: server.address }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here(text)], { cwd: directory, env })
  return stdout
}

/** Runs a command that goes on until it is told to stop, and waits until it listens. */
async function start(line: string): Promise<typeof server> {
  const child: ChildProcess = spawn('bash', ['-euo', 'pipefail', '-c', here(line)], {
    cwd: directory,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    // As a terminal does: all of what it started is told to stop.
    detached: true,
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  let said = ''
  for await (const piece of child.stdout ?? []) {
    said += String(piece)
    const address = LISTENS.exec(said)?.[1]
    if (address === undefined) continue
    const stop = async () => {
      process.kill(-(child.pid ?? 0), 'SIGINT')
      return ended
    }
    return { address, stop }
  }
  throw new Error(`${line}: it ended before it listened: ${said}`)
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-pages-'))
  for (const name of ['deploy', 'test']) await symlink(resolve(name), join(directory, name))
  await copyFile(sampleLog, join(directory, 'access.log.1.gz'))
  await mkdir(join(directory, 'bin'))
  await writeFile(join(directory, 'bin', 'culprit'), `#!/bin/sh\nexec node ${BUILT_COMMAND} "$@"\n`, { mode: 0o755 })
  await writeFile(join(directory, 'bin', 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 })
  await mkdir(join(directory, 'log'))
  const lines = gunzipSync(await readFile(sampleLog))
    .toString()
    .split('\n')
    .slice(0, 100)
  await writeFile(join(directory, 'log', 'access.log'), `${lines.join('\n')}\n`)
  const git = (...args: string[]) => execFileSync('git', ['-C', directory, ...args], { stdio: 'ignore' })
  const by = ['-c', 'user.name=ana', '-c', 'user.email=ana@shop.example']
  git('init', '-q')
  git(...by, 'commit', '-q', '--allow-empty', '-m', 'v42')
  git('tag', 'v42')
  const [first] = untilStopped
  server = await start(first?.text ?? 'false')
}, 60_000)

afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
}, 60_000)

test('there is something to run, and what is not run says why', () => {
  expect(runnable.length).toBeGreaterThan(1)
  expect(untilStopped.map(({ text }) => text)).toEqual([expect.stringMatching(/^npx culprit start$/m)])
})

test.each(runnable)(
  'the commands at $place do what the page says',
  async (block) => {
    const printed = await run(block)
    const shown = blocks[blocks.indexOf(block) + 1]
    // How fast it was is another figure each time.
    const calm = (text: string) => text.replace(/\s+[\d.,]+( [kM])? lines\/s$/m, '').trimEnd()
    if (shown?.remark === 'what it prints') expect(calm(printed)).toBe(calm(shown.text))
  },
  120_000,
)

test('every path of the interface that a page names answers', async () => {
  const document = z
    .object({ paths: z.record(z.string(), z.unknown()) })
    .parse(await (await fetch(`${server.address}/openapi.json`)).json())
  const known = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '*'))
  const named = pages.flatMap((page) =>
    readQuoted(page).flatMap((text) =>
      [...text.matchAll(/(?<![\w.])\/(?:api\/v1|v1)\/[\w/{},]+/g)].map(([path]) => path),
    ),
  )
  expect(named.length).toBeGreaterThan(3)
  const each = named.flatMap((path) => spread(path)).map((path) => path.replaceAll(/\{\w+\}/g, '*'))
  expect([...new Set(each)].filter((path) => !known.includes(path))).toEqual([])
})

/** `/incidents/{id}/{acknowledge,resolve}` is two paths. */
function spread(path: string): string[] {
  const several = /\{(\w+(?:,\w+)+)\}/.exec(path)
  if (several === null) return [path]
  return (several[1] ?? '').split(',').flatMap((one) => spread(path.replace(several[0], one)))
}

test('every metric that a page or an alert rule names is told', async () => {
  const told = await (await fetch(`${server.address}/metrics`)).text()
  const texts = [
    ...pages.flatMap((page) => readQuoted(page)),
    ...blocks.map(({ text }) => text),
    ...(await expressions()),
  ]
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\bculprit_[a-z_]+_(?:total|seconds|ratio|second|pending)\b/g)].map(([name]) => name),
  )
  expect(named.length).toBeGreaterThan(10)
  expect([...new Set(named)].filter((name) => !told.includes(`# TYPE ${name} `))).toEqual([])
})

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
})

async function readRules() {
  const text = await readFile('deploy/prometheus/alerts.yaml', 'utf8')
  return rulesSchema.parse(parse(text)).groups.flatMap(({ rules }) => rules)
}

async function expressions(): Promise<string[]> {
  return (await readRules()).map(({ expr }) => expr)
}

test('every alert on ourselves has its part of the runbook, and the runbook speaks of no other', async () => {
  const runbook = await readFile('deploy/runbook.md', 'utf8')
  const parts = [...runbook.matchAll(/^## (Culprit\w+)$/gm)].map((match) => match[1])
  const rules = await readRules()
  expect(parts.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
  expect(
    rules.filter(({ alert, annotations }) => annotations.runbook !== `deploy/runbook.md#${alert.toLowerCase()}`),
  ).toEqual([])
})
