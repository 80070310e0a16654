import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clickhouseSchema, readServerOptions } from '../../../../services/cli/clickhouse-config.ts'

const URL_OF_SERVER = 'https://clickhouse.example:8443'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-clickhouse-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const refusal = (settings: unknown) => clickhouseSchema.safeParse(settings).error?.issues[0]

async function writeText(name: string, text: string): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, text)
  return path
}

test('an address is all that a server needs', async () => {
  const options = await readServerOptions(clickhouseSchema.parse({ url: URL_OF_SERVER }), URL_OF_SERVER)
  expect(options).toEqual({
    url: URL_OF_SERVER,
    username: 'default',
    password: '',
    database: 'culprit',
    ca: undefined,
    compression: 'none',
    requestTimeoutMs: 30_000,
  })
})

test('the password and the authorities to trust are read from files', async () => {
  const config = clickhouseSchema.parse({
    url: URL_OF_SERVER,
    password_file: await writeText('password', 'a secret\n'),
    tls_ca_file: await writeText('ca.pem', 'authorities'),
  })
  expect(await readServerOptions(config, URL_OF_SERVER)).toMatchObject({ password: 'a secret', ca: 'authorities' })
})

test('a password file that holds none is refused', async () => {
  const config = clickhouseSchema.parse({ url: URL_OF_SERVER, password_file: await writeText('password', '\n') })
  await expect(readServerOptions(config, URL_OF_SERVER)).rejects.toThrow('holds no password')
})

test.each([
  ['an address of something else', { url: 'tcp://clickhouse:9000' }, 'url', 'http://host:8123'],
  ['a user in the address', { url: 'http://writer:secret@clickhouse:8123' }, 'url', 'only the address'],
  ['a database in the address', { url: 'http://clickhouse:8123/culprit' }, 'url', 'only the address'],
  ['a database that is SQL', { url: URL_OF_SERVER, database: 'a`; DROP' }, 'database', 'letters, digits'],
  ['a cluster that is SQL', { url: URL_OF_SERVER, cluster: "a'" }, 'cluster', 'letters, digits'],
  ['a cluster of nothing', { cluster: 'main' }, 'cluster', 'set clickhouse.url'],
  ['two passwords', { url: URL_OF_SERVER, password: 'a', password_file: 'b' }, 'password_file', 'set one of them'],
  ['authorities without TLS', { url: 'http://clickhouse:8123', tls_ca_file: 'ca.pem' }, 'tls_ca_file', 'https://'],
])('%s is refused', (_, settings, path, reason) => {
  expect(refusal(settings)).toMatchObject({ path: [path], message: expect.stringContaining(reason) })
})
