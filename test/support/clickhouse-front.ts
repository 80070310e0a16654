// ClickHouse's HTTP interface, as far as clients use it, over the embedded engine: what a server would be, in a process of its own.
// usage: clickhouse-front.ts <directory> <port, 0 for a free one> [user] [password]; tells its parent the port.
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gunzipSync } from 'node:zlib'
import { Session } from 'chdb'

const [directory = '', port = '0', user = 'default', password = ''] = process.argv.slice(2)
const bodies = join(directory, 'bodies')
mkdirSync(bodies, { recursive: true })
/** Keeps the engine open: a session of its own for each request costs half a millisecond, and nothing set in it outlives it. */
const held = new Session(join(directory, 'engine'))

/** Names in the address that are no settings. */
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'role',
  'default_format',
  'user',
  'password',
])
/** These the server keeps to itself. */
const HTTP_SETTINGS = new Set([
  'wait_end_of_query',
  'enable_http_compression',
  'cancel_http_readonly_queries_on_client_close',
])
const UNKNOWN_THINGS = new Set(['60', '81'])

interface Asked {
  readonly sql: string
  readonly data: Buffer
  readonly names: ReadonlyMap<string, string>
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    if (response.headersSent || response.destroyed) return void response.destroy()
    fail(response, error instanceof Error ? error.message : String(error))
  })
})
server.keepAliveTimeout = 10_000
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : undefined)
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => {
  held.close()
  process.exit(0)
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://front')
  if (pathname === '/ping') return void response.end('Ok.\n')
  const body = await readBody(request)
  if (!isKnown(request, searchParams))
    return fail(response, `Code: 516. DB::Exception: ${user}: Authentication failed. (AUTHENTICATION_FAILED)`, 403)
  const asked = readAsked(request, body, searchParams)
  const queryId = asked.names.get('query_id') ?? randomUUID()
  const startedAtMs = performance.now()
  const result = await run(asked, asked.names.get('default_format') ?? 'TabSeparated')
  const summary = {
    read_rows: `${result.rowsRead}`,
    read_bytes: `${result.bytesRead}`,
    written_rows: '0',
    written_bytes: '0',
  }
  response.setHeader('X-ClickHouse-Query-Id', queryId)
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  response.setHeader('X-ClickHouse-Server-Display-Name', 'front')
  response.setHeader(
    'X-ClickHouse-Summary',
    JSON.stringify({ ...summary, elapsed_ns: `${Math.round((performance.now() - startedAtMs) * 1e6)}` }),
  )
  const pieces = Readable.from(inPieces(Buffer.from(result.bytes())))
  if (asked.names.get('enable_http_compression') !== '1' || !accepts(request, 'gzip')) return pipeline(pieces, response)
  response.setHeader('Content-Encoding', 'gzip')
  return pipeline(pieces, createGzip({ level: 1 }), response)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  const sent = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
}

function isKnown({ headers }: IncomingMessage, searchParams: URLSearchParams): boolean {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1]
  const given =
    basic === undefined
      ? `${headers['x-clickhouse-user'] ?? searchParams.get('user') ?? 'default'}:${headers['x-clickhouse-key'] ?? searchParams.get('password') ?? ''}`
      : Buffer.from(basic, 'base64').toString()
  return given === `${user}:${password}`
}

function accepts({ headers }: IncomingMessage, encoding: string): boolean {
  return String(headers['accept-encoding'] ?? '').includes(encoding)
}

/** A statement stands in the address, with its data in the body, or is the body, or a part of a form. */
function readAsked(request: IncomingMessage, body: Buffer, searchParams: URLSearchParams): Asked {
  const names = new Map(searchParams)
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1]
  if (boundary !== undefined) {
    for (const [name, value] of readForm(body.toString(), boundary)) names.set(name, value)
    return { sql: names.get('query') ?? '', data: Buffer.alloc(0), names }
  }
  const inAddress = names.get('query')
  if (inAddress === undefined) return { sql: body.toString(), data: Buffer.alloc(0), names }
  return { sql: inAddress, data: body, names }
}

function* readForm(body: string, boundary: string): Generator<[string, string]> {
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf('\r\n\r\n')
    const name = /name="([^"]+)"/.exec(part.slice(0, end))?.[1]
    if (name !== undefined) yield [name, part.slice(end + 4, -2)]
  }
}

const DATA = /^(\s*INSERT\s+INTO\s+\S+\s*\(([^)]*)\).*?)\bFORMAT\s+(\w+)\s*$/is

async function run({ sql, data, names }: Asked, format: string) {
  const session = new Session(join(directory, 'engine'))
  const file = join(bodies, randomUUID())
  try {
    for (const statement of prepare(names)) await session.queryAsync(statement)
    const insert = DATA.exec(sql)
    if (insert === null) return await session.queryAsync(sql, { format })
    const [, head = '', columns = '', dataFormat = ''] = insert
    writeFileSync(file, data)
    return await session.queryAsync(`${head} SELECT ${columns} FROM file(${literal(file)}, ${literal(dataFormat)})`)
  } finally {
    rmSync(file, { force: true })
    session.close()
  }
}

function* prepare(names: ReadonlyMap<string, string>): Generator<string> {
  const database = names.get('database')
  if (database !== undefined) yield `USE \`${database.replaceAll('`', '')}\``
  for (const [name, value] of names) {
    if (NOT_SETTINGS.has(name) || HTTP_SETTINGS.has(name)) continue
    if (!/^\w+$/.test(name)) throw new Error(`Code: 115. DB::Exception: Unknown setting. (UNKNOWN_SETTING)`)
    yield `SET ${name} = ${literal(value)}`
  }
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

const PIECE_BYTES = 64 * 1024

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES)
}

function fail(response: ServerResponse, message: string, status?: number): void {
  const code = /Code: (\d+)/.exec(message)?.[1] ?? '1002'
  response.statusCode = status ?? (UNKNOWN_THINGS.has(code) ? 404 : 500)
  response.setHeader('X-ClickHouse-Exception-Code', code)
  response.end(`${message}\n`)
}
