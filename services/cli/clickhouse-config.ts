import { z } from 'zod'
import { durationSchema } from '../../shared/runtime/duration.ts'
import { InputError } from '../../shared/runtime/errors.ts'
import type { ServerOptions } from '../../shared/store/clickhouse.ts'
import { readTextFile } from './read-text-file.ts'

const urlSchema = z
  .url({ protocol: /^https?$/, error: 'write http://host:8123 or https://host:8443' })
  .refine(
    (url) => isBare(new URL(url)),
    'only the address: the user, the database and the rest have settings of their own',
  )

const settingsSchema = z.strictObject({
  url: urlSchema.optional().describe('HTTP address of a ClickHouse server; without it the embedded engine is used'),
  username: z.string().min(1).default('default').describe('the user of the server'),
  password: z.string().min(1).optional().describe('its password: best as CULPRIT_CLICKHOUSE__PASSWORD'),
  password_file: z.string().min(1).optional().describe('a file that holds the password'),
  database: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/, 'letters, digits and underscores')
    .default('culprit')
    .describe('where our tables are'),
  tls_ca_file: z.string().min(1).optional().describe('PEM file of the authorities to trust instead of the usual'),
  compression: z
    .enum(['none', 'gzip'])
    .default('none')
    .describe('of what is sent either way: gzip trades CPU for network'),
  request_timeout: durationSchema
    .default(30_000)
    .describe('how long the server may be silent before a request has failed'),
  cluster: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'letters, digits, dots, dashes and underscores')
    .optional()
    .describe('the cluster, as the servers name it, to spread and replicate the tables over'),
})

/** The `clickhouse:` part of the configuration. */
export const clickhouseSchema = settingsSchema.superRefine((settings, check) => {
  const refuse = (path: keyof ClickHouseConfig, message: string) =>
    check.addIssue({ code: 'custom', path: [path], message })
  const { url, cluster, password, password_file, tls_ca_file } = settings
  if (cluster !== undefined && url === undefined) refuse('cluster', 'needs a server: set clickhouse.url')
  if (password !== undefined && password_file !== undefined)
    refuse('password_file', 'there is a password as well: set one of them')
  if (tls_ca_file !== undefined && url?.startsWith('https:') !== true)
    refuse('tls_ca_file', 'needs TLS: write clickhouse.url with https://')
})

type ClickHouseConfig = z.infer<typeof settingsSchema>

/** @throws InputError when a file that the settings name can't be read or holds nothing. */
export async function readServerOptions(config: ClickHouseConfig, url: string): Promise<ServerOptions> {
  const { username, database, tls_ca_file: caFile, compression, request_timeout: requestTimeoutMs } = config
  const ca = caFile === undefined ? undefined : await readTextFile(caFile)
  return { url, username, password: await readPassword(config), database, ca, compression, requestTimeoutMs }
}

async function readPassword({ password = '', password_file: file }: ClickHouseConfig): Promise<string> {
  if (file === undefined) return password
  const written = (await readTextFile(file)).trim()
  if (written === '') throw new InputError(`${file}: holds no password: write it there`)
  return written
}

function isBare({ username, password, pathname, search, hash }: URL): boolean {
  return `${username}${password}${search}${hash}` === '' && pathname === '/'
}
