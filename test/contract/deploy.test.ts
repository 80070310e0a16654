import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { SERVICE_NAMES } from '../../services/cli/live/start-services.ts'

const DEPLOY = new URL('../../deploy/', import.meta.url)
const read = (path: string) => readFile(new URL(path, DEPLOY), 'utf8')

const composeService = z.object({
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
})
const compose = z.object({ services: z.record(z.string(), composeService) })

async function composeServices() {
  return Object.entries(compose.parse(parse(await read('compose.yaml'), { merge: true })).services)
}

/** What `--only` names in a command. */
const only = (command: readonly string[]) => command[command.indexOf('--only') + 1]

test('compose.yaml runs every service, each in a container of its own', async () => {
  const commands = (await composeServices()).flatMap(([, { command }]) =>
    command?.[0] === 'start' ? [only(command)] : [],
  )
  expect(commands.toSorted()).toEqual([...SERVICE_NAMES].toSorted())
})

test('every variable that compose.yaml and the image set is one that the configuration knows', async () => {
  const ours = (name: string) => name.startsWith('CULPRIT_')
  const fromImage = [...(await read('Dockerfile')).matchAll(/(CULPRIT_\w+)=(\S+)/g)].map(
    ([, name, value]) => [name, value] as const,
  )
  for (const [, { environment = {} }] of await composeServices()) {
    const variables = Object.fromEntries(
      [...fromImage, ...Object.entries(environment)].filter(([name]) => ours(String(name))),
    )
    // compose takes passwords from whoever starts it.
    const set = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, String(value).replace(/^\$\{.*\}$/, 'secret')]),
    )
    await expect(readConfig(undefined, set)).resolves.toBeDefined()
  }
})

test('the chart runs every service in the distributed shape', async () => {
  const values = z
    .object({ services: z.record(z.string(), z.unknown()) })
    .parse(parse(await read('helm/culprit/values.yaml')))
  expect(Object.keys(values.services).toSorted()).toEqual([...SERVICE_NAMES].toSorted())
})

test('what goes into culprit.yaml for each shipper is a configuration', async () => {
  const folders = await readdir(new URL('shippers/', DEPLOY))
  for (const folder of folders) {
    const files = await readdir(new URL(`shippers/${folder}/`, DEPLOY))
    if (!files.includes('culprit.yaml')) continue
    const file = new URL(`shippers/${folder}/culprit.yaml`, DEPLOY).pathname
    await expect(readConfig(file, {})).resolves.toMatchObject({ sources: {} })
  }
  expect(folders.length).toBeGreaterThan(5)
})

test('the other snippets are YAML without faults', async () => {
  const files = (await readdir(DEPLOY, { recursive: true })).filter(
    (name) => /\.ya?ml$/.test(name) && !name.includes('templates'),
  )
  for (const file of files)
    for (const document of parseAllDocuments(await read(file)))
      expect([file, document.errors, document.warnings]).toEqual([file, [], []])
})
