import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CommanderError } from 'commander'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { createProgram } from '../../services/cli/run.ts'
import { openTerminal } from '../../services/cli/terminal.ts'
import { readPages, readQuoted } from '../support/documents.ts'

// All commands are loaded, which takes a busy machine long.
vi.setConfig({ testTimeout: 120_000 })

// What the pages say is held against the product. The blocks of shell are run in test/e2e/documented-commands.test.ts.
const pages = readPages()
const blocks = pages.flatMap((page) => page.blocks)
const quoted = pages.flatMap((page) => readQuoted(page).map((text) => ({ place: page.path, text })))

interface Typed {
  readonly place: string
  readonly words: readonly string[]
}

/** The words that a shell makes of command lines, none of which is run. */
function splitWords(lines: readonly { readonly place: string; readonly text: string }[]): Typed[] {
  const script = ['culprit() { printf "%s\\037" "$@"; printf "\\036"; }', ...lines.map(({ text }) => text)].join('\n')
  const said = execFileSync('bash', ['-euo', 'pipefail', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, USER: 'ana' },
  })
  return said
    .split('\x1e')
    .slice(0, -1)
    .map((words, index) => ({ place: lines[index]?.place ?? '', words: words.split('\x1f').slice(0, -1) }))
}

/** Each `culprit …` of a text, up to where its output goes or a remark begins. */
function commandLines(text: string): string[] {
  const joined = text.replaceAll('\\\n', ' ')
  return [...joined.matchAll(/(?:^|&& |\| )(?:npx )?(culprit (?:'[^']*'|"[^"]*"|[^'"\n|>&#])*)/gm)].map(
    (match) => match[1] ?? '',
  )
}

const terminal = openTerminal(process)

/** What the command line has against these words; nothing runs. */
async function refusal(words: readonly string[]): Promise<string | undefined> {
  const program = await createProgram({ terminal, environment: {}, nowMs: () => 0 }, () => {}, words)
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) command.action(() => {})
  try {
    await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) return String(error)
    return error.code === 'commander.helpDisplayed' ? undefined : `${error.code}: ${error.message}`
  }
}

test('every command that a page shows is one that can be typed', async () => {
  const shown = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ place, text }) => commandLines(text).map((line) => ({ place, text: line })))
  expect(shown.length).toBeGreaterThan(5)
  const refused: string[] = []
  for (const { place, words } of splitWords(shown)) {
    const why = await refusal(words)
    if (why !== undefined) refused.push(`${place}: culprit ${words.join(' ')}: ${why}`)
  }
  expect(refused).toEqual([])
})

test('every command that a sentence names exists, with the options that it names', async () => {
  const named = quoted.flatMap(({ place, text }) =>
    commandLines(text.replaceAll(/[[\]]/g, '')).map((line) => ({ place, text: line })),
  )
  expect(named.length).toBeGreaterThan(5)
  const refused: string[] = []
  for (const { place, words } of splitWords(named)) {
    const why = await refusal(words)
    // A sentence may name a command without all that it needs.
    if (why !== undefined && !/^commander\.(missing|help:)/.test(why))
      refused.push(`${place}: ${words.join(' ')}: ${why}`)
  }
  expect(refused).toEqual([])
})

test('every script of npm that a page names is one of the package', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')))
  const named = [...blocks, ...quoted].flatMap(({ place, text }) =>
    [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => ({ place, script: match[1] ?? '' })),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([])
})

test('every configuration that a page shows is accepted', async () => {
  const shown = blocks.filter(({ language, remark }) => language === 'yaml' && remark === '')
  expect(shown.length).toBeGreaterThan(2)
  const directory = await mkdtemp(join(tmpdir(), 'culprit-pages-'))
  // What the text around a block says to give as a variable.
  const secrets = {
    CULPRIT_NOTIFY__SLACK__BOT_TOKEN: 'xoxb-12345678',
    CULPRIT_NOTIFY__SLACK__SIGNING_SECRET: '12345678',
  }
  for (const { place, text } of shown) {
    const file = join(directory, 'culprit.yaml')
    await writeFile(file, text)
    const environment = text.includes('slack: {') ? secrets : {}
    await expect(readConfig(file, environment), place).resolves.toBeDefined()
  }
  await rm(directory, { recursive: true })
})

/** Whether the configuration has a setting of this name; `SENDER` and the like stand for one of the names there are. */
async function isSetting(path: readonly string[]): Promise<boolean> {
  const variable = `CULPRIT_${path.join('__').toUpperCase()}`.replace('WEBHOOKS__SENDER', 'WEBHOOKS__GITHUB')
  const said = await readConfig(undefined, { [variable]: '\u0000' }).catch((error: unknown) => String(error))
  return !String(said).includes('unknown setting')
}

test('every setting that a page names exists, as a key and as a variable', async () => {
  const topics = new Set(Object.keys(await readConfig(undefined, {})))
  const keys = quoted
    .filter(({ text }) => /^[a-z_]+(\.[A-Za-z_\d]+)+$/.test(text) && topics.has(text.split('.')[0] ?? ''))
    .map(({ place, text }) => ({ place, text, path: text.split('.') }))
  const variables = [...quoted, ...blocks].flatMap(({ place, text }) =>
    [...text.matchAll(/CULPRIT_([A-Z\d_]+__[A-Z\d_]+)/g)].map((match) => {
      return { place, text: match[0], path: (match[1] ?? '').split('__') }
    }),
  )
  expect(keys.length).toBeGreaterThan(5)
  const unknown: string[] = []
  for (const { place, text, path } of [...keys, ...variables])
    if (!(await isSetting(path))) unknown.push(`${place}: ${text}`)
  expect(unknown).toEqual([])
})

test('every file that a page names or links to is there', () => {
  const linked = pages.flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((to) => !/^https?:/.test(to))
      .map((to) => ({ place: path, file: join(dirname(path), to) })),
  )
  const named = quoted
    .filter(({ text }) => /^(services|shared|deploy|dashboards|test)\/[\w./-]*$/.test(text))
    .map(({ place, text }) => ({ place, file: text }))
  expect(named.length).toBeGreaterThan(5)
  expect([...linked, ...named].filter(({ file }) => !existsSync(file))).toEqual([])
})
