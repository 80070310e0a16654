import ts from 'typescript'
import { expect, test } from 'vitest'
import { readSourceFiles, type SourceFile } from './support/source-files.ts'

// The rules of the house, checked on every file. Each check fails if it saw no files.
const product = readSourceFiles(['services', 'shared'])
const page = readSourceFiles(['dashboards/web/src'])
const all = [...product, ...page, ...readSourceFiles(['test'])]

/** The files that break a rule, as `path: what`; the rule must have had something to look at. */
function breaches(files: readonly SourceFile[], find: (file: SourceFile) => readonly string[]): string[] {
  expect(files.length).toBeGreaterThan(0)
  return files.flatMap((file) => find(file).map((what) => `${file.path}: ${what}`))
}

function under(...folders: readonly string[]): SourceFile[] {
  return product.filter(({ path }) => folders.some((folder) => path.startsWith(folder)))
}

const serviceOf = (path: string) => /^services\/([^/]+)\//.exec(path)?.[1]
const isCore = ({ path }: SourceFile) => /^services\/[^/]+\/core\//.test(path)

test('shared never imports a service', () => {
  expect(breaches(under('shared/'), ({ imports }) => imports.filter((to) => to.startsWith('services/')))).toEqual([])
})

test('the domain imports only itself and zod', () => {
  const foreign = (to: string) => !to.startsWith('shared/domain/') && to !== 'zod'
  expect(breaches(under('shared/domain/'), ({ imports }) => imports.filter(foreign))).toEqual([])
})

test('what every face says and draws needs only the domain', () => {
  const foreign = (to: string) => !to.startsWith('shared/domain/') && !to.startsWith('shared/faces/')
  expect(breaches(under('shared/faces/'), ({ imports }) => imports.filter(foreign))).toEqual([])
})

test('the page knows the domain, what every face says, what is deployed, and its libraries; it puts in no markup', () => {
  const own = ['dashboards/web/src/', 'shared/domain/', 'shared/faces/', 'deploy/']
  const libraries = ['preact', 'uplot', 'zod']
  const foreign = (to: string) => !own.some((folder) => to.startsWith(folder)) && !libraries.includes(to)
  expect(breaches(page, ({ imports }) => imports.filter(foreign))).toEqual([])
  const markup = /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write/
  expect(breaches(page, ({ lines }) => lines.filter((line) => markup.test(line)))).toEqual([])
})

test('no service imports another; only the command line sees several', () => {
  const others = product.filter(({ path }) => path.startsWith('services/') && !path.startsWith('services/cli/'))
  const foreign = (file: SourceFile) =>
    file.imports.filter((to) => to.startsWith('services/') && serviceOf(to) !== serviceOf(file.path))
  expect(breaches(others, foreign)).toEqual([])
})

test('a core imports its own core, the domain, the words of faces and pure mathematics', () => {
  const allowed = (file: SourceFile, to: string) =>
    to.startsWith(`services/${serviceOf(file.path)}/core/`) ||
    to.startsWith('shared/domain/') ||
    to.startsWith('shared/faces/') ||
    ['zod', 'simple-statistics', 'ipaddr.js', 're2js', 'protobufjs', '@slack/types'].includes(to)
  const cores = product.filter(isCore)
  expect(breaches(cores, (file) => file.imports.filter((to) => !allowed(file, to)))).toEqual([])
})

test('a core has no clock, chance, environment, timers, promises or log', () => {
  const impure =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bsetTimeout\b|\bsetInterval\b|\bPromise\b|\basync\b|\bawait\b|\bconsole\./
  const lines = ({ lines }: SourceFile) =>
    lines.filter((line) => impure.test(line.replace(/\/\/.*|^\s*\*.*|^\s*\/\*\*.*/, '')))
  expect(breaches([...product.filter(isCore), ...under('shared/domain/', 'shared/faces/')], lines)).toEqual([])
})

test('every dependency has one owner', () => {
  const owners: Record<string, RegExp> = {
    '@clickhouse/client': /^shared\/store\//,
    chdb: /^shared\/store\//,
    kafkajs: /^shared\/bus\/kafka/,
    lz4js: /^shared\/bus\/kafka/,
    snappyjs: /^shared\/bus\/kafka/,
    fastify: /^(shared\/runtime\/http-|services\/(api|ingest)\/)/,
    'fastify-type-provider-zod': /^shared\/runtime\/http-/,
    '@fastify/helmet': /^shared\/runtime\/http-/,
    '@fastify/rate-limit': /^shared\/runtime\/http-/,
    '@fastify/swagger': /^shared\/runtime\/http-/,
    '@fastify/swagger-ui': /^shared\/runtime\/http-/,
    '@fastify/static': /^shared\/runtime\/http-/,
    'node-cron': /^shared\/runtime\/schedule\.ts$/,
    pino: /^shared\/runtime\/log\.ts$/,
    'prom-client': /^shared\/runtime\/metrics\.ts$/,
    commander: /^services\/cli\//,
    yaml: /^shared\/runtime\/load-config\.ts$/,
    fzstd: /^(services\/ingest\/io\/|shared\/bus\/kafka)/,
  }
  const trespasses = (file: SourceFile) =>
    file.imports.filter((to) => owners[to] !== undefined && !owners[to].test(file.path))
  expect(breaches(product, trespasses)).toEqual([])
})

test('only the command line reads the environment', () => {
  const others = product.filter(({ path }) => !path.startsWith('services/cli/'))
  expect(breaches(others, ({ lines }) => lines.filter((line) => line.includes('process.env')))).toEqual([])
})

test('the store is asked in SQL with bound parameters: no table function reaches a file or the network', () => {
  const reaching = /\b(url|s3|remote|remoteSecure|executable|mysql|postgresql|hdfs|input)\s*\(\s*['"`]/
  expect(breaches(product, ({ lines }) => lines.filter((line) => reaching.test(line)))).toEqual([])
  const readsFiles = product.filter(({ path }) => !path.startsWith('shared/store/chdb'))
  expect(breaches(readsFiles, ({ lines }) => lines.filter((line) => /\bFROM file\(/i.test(line)))).toEqual([])
})

test('no file depends on itself through others', () => {
  const byPath = new Map([...product, ...page].map((file) => [file.path, file]))
  const reached = (start: SourceFile): boolean => {
    const seen = new Set<string>()
    const queue = [...start.imports]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === start.path) return true
      if (seen.has(next)) continue
      seen.add(next)
      queue.push(...(byPath.get(next)?.imports ?? []))
    }
    return false
  }
  expect(breaches([...product, ...page], (file) => (reached(file) ? ['is in a cycle'] : []))).toEqual([])
})

test('files say one thing and are named for it', () => {
  const vague = /(^|[/-])(util|utils|helper|helpers|common|misc|manager|index)(\.|-|\/)/
  expect(breaches(all, ({ path }) => (vague.test(path) ? ['a vague name'] : []))).toEqual([])
  expect(breaches(all, ({ lines }) => (lines.length > 301 ? [`${lines.length} lines`] : []))).toEqual([])
})

const scriptKind = (path: string) => (path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS)

/** Named functions and methods, and functions given a name by a constant. */
function longOrWide(file: SourceFile): string[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true, scriptKind(file.path))
  const found: string[] = []
  const isHot = file.lines.slice(0, 3).some((line) => line.startsWith('//') && /typed.array|hot path|bytes/i.test(line))
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const from = source.getLineAndCharacterOfPosition(node.getStart()).line
      const to = source.getLineAndCharacterOfPosition(node.getEnd()).line
      if (to - from + 1 > 60 && !isFactory(node)) found.push(`line ${from + 1}: a function of ${to - from + 1} lines`)
      if (node.parameters.length > 3 && !isHot) found.push(`line ${from + 1}: ${node.parameters.length} parameters`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** A factory's length is that of the functions it holds, and each of those is measured. */
function isFactory(node: ts.Node): boolean {
  let nested = 0
  const count = (inner: ts.Node): void => {
    if (inner !== node && ts.isFunctionLike(inner)) nested += inner.getEnd() - inner.getStart()
    else ts.forEachChild(inner, count)
  }
  count(node)
  return nested > (node.getEnd() - node.getStart()) / 2
}

test('functions fit on a screen and take at most three parameters', () => {
  expect(breaches([...product, ...page], longOrWide)).toEqual([])
})
