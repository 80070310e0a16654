import { execFileSync } from 'node:child_process'
import { chmod, link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findLogFiles, readLog } from '../../../../../services/ingest/io/log-file.ts'

const ZSTD_FIXTURE = 'test/fixtures/compressed/two-frames.log.zst'
const CHUNK_BYTES = 64 * 1024

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-log-file-'))
})

afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
})

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

async function read(path: string, stdin: Iterable<Uint8Array> = []): Promise<string> {
  const pieces: Uint8Array[] = []
  for (const file of await findLogFiles([path], Readable.from(stdin)))
    for await (const chunk of readLog(file, CHUNK_BYTES)) pieces.push(chunk.bytes)
  return Buffer.concat(pieces).toString()
}

function log(lines: number): string {
  return Array.from({ length: lines }, (_, index) => `192.0.2.1 - - [01/Mar/2026] "GET /${index * 7919}"\n`).join('')
}

const NOBODY = 65_534

test('reads a plain log', async () => {
  expect(await read(await write('plain.log', log(5_000)))).toBe(log(5_000))
})

test('tells gzip by its content, whatever the name', async () => {
  expect(await read(await write('named-wrong.txt', gzipSync(log(5_000))))).toBe(log(5_000))
})

test('reads every member of a gzip made by appending', async () => {
  const path = await write('members.gz', Buffer.concat([gzipSync(log(3_000)), gzipSync('second\n')]))
  expect(await read(path)).toBe(`${log(3_000)}second\n`)
})

test('reads every frame of a zstd log', async () => {
  const lines = (await read(ZSTD_FIXTURE)).split('\n')
  expect(lines).toHaveLength(201)
  expect(lines[199]).toContain('"GET /item/199 HTTP/1.1" 200 299')
})

test('reads standard input, compressed or not', async () => {
  expect(await read('-', [Buffer.from('a\n'), Buffer.from('b\n')])).toBe('a\nb\n')
  expect(await read('-', [gzipSync('a\nb\n')])).toBe('a\nb\n')
})

test('gives the same identity to a file under another name, and its own to each file', async () => {
  const path = await write('one.log', log(1))
  await link(path, join(directory, 'other-name.log'))
  const other = await write('two.log', log(1))
  const files = await findLogFiles([path, join(directory, 'other-name.log'), other], Readable.from([]))
  expect(files[1]?.identity).toBe(files[0]?.identity)
  expect(files[2]?.identity).not.toBe(files[0]?.identity)
})

test('tells how much of the stored file was read, for progress', async () => {
  const path = await write('progress.gz', gzipSync(log(20_000)))
  const [file] = await findLogFiles([path], Readable.from([]))
  if (file === undefined) throw new Error('no file found')
  let last = 0
  for await (const chunk of readLog(file, CHUNK_BYTES)) last = chunk.storedBytesRead
  expect(last).toBe(file.sizeBytes)
})

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])
const zip = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0, 0, 0])
const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0, 0])
const bzip2 = Buffer.from('BZh91AY&SY....')
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('GET /', 'utf16le')])
const nuls = Buffer.concat([Buffer.from('start'), Buffer.alloc(2_000)])
const truncatedGzip = gzipSync(log(20_000)).subarray(0, -100)
const damagedGzip = Buffer.from(gzipSync(log(20_000))).fill(0xaa, 2_000, 2_100)

test.each([
  ['an empty file', '', 'is empty: there is no line to read'],
  ['an empty gzip', gzipSync(''), 'is empty: there is no line to read'],
  ['a PNG', png, 'is a PNG image, not a log: give the access log itself'],
  ['a zip', zip, 'is a zip archive, not a log: decompress it first'],
  ['xz', xz, 'is xz compressed, not a log: decompress it first'],
  ['bzip2', bzip2, 'is bzip2 compressed, not a log: decompress it first'],
  ['UTF-16', utf16, 'is UTF-16 text, not a log: convert it to UTF-8 first'],
  ['NULs', nuls, 'is a binary file, not a log: give the access log itself'],
  ['a PNG in gzip', gzipSync(png), 'is a PNG image, not a log'],
  ['gzip in gzip', gzipSync(gzipSync(log(1))), 'is compressed twice: decompress it once first'],
  ['a truncated gzip', truncatedGzip, 'ends in the middle: the copy is incomplete, copy it again'],
  ['a gzip of its first bytes', truncatedGzip.subarray(0, 5), 'ends in the middle: the copy is incomplete'],
  ['a gzip without its last byte', gzipSync(log(1)).subarray(0, -1), 'ends in the middle: the copy is incomplete'],
  ['a damaged gzip', damagedGzip, 'is damaged: it cannot be decompressed, copy it again'],
])('refuses %s in one line that says what to do', async (_, content, told) => {
  const path = await write('refused', content)
  const failure = await read(path).catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'InputError', message: expect.stringContaining(`${path}: ${told}`) })
  expect(String(failure)).not.toContain('\n')
})

test('refuses a zstd log cut short anywhere', async () => {
  const whole = await readFile(ZSTD_FIXTURE)
  const frameEnd = whole.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 4)
  for (let length = 4; length < whole.length; length += 7) {
    if (length === frameEnd) continue
    await expect(read(await write('cut.zst', whole.subarray(0, length)))).rejects.toThrow(/is incomplete/)
  }
})

test('refuses a zstd log that asks for more memory than zstd itself allows', async () => {
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (21 << 3) | 0, 0x01, 0x00, 0x00])
  await expect(read(await write('long.zst', frame))).rejects.toThrow('zstd --long')
})

test('names a file that is missing, or a directory, before anything is read', async () => {
  await expect(findLogFiles([join(directory, 'none.log')], Readable.from([]))).rejects.toThrow(
    'none.log: no such file: check the name',
  )
  await expect(findLogFiles([directory], Readable.from([]))).rejects.toThrow('is a directory: give the log files in it')
})

test('names a file that may not be read', async () => {
  const path = await write('secret.log', log(1))
  await chmod(path, 0)
  // Root may read everything, so it becomes somebody else meanwhile.
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(NOBODY)
  try {
    await expect(findLogFiles([path], Readable.from([]))).rejects.toThrow('may not be read')
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})

test('refuses no file at all and standard input twice as a usage error', async () => {
  await expect(findLogFiles([], Readable.from([]))).rejects.toMatchObject({ name: 'InputError', kind: 'usage' })
  await expect(findLogFiles(['-', '-'], Readable.from([]))).rejects.toMatchObject({ name: 'InputError', kind: 'usage' })
})

test('reads a pipe, as shells make for <(…)', async () => {
  const path = join(directory, 'pipe')
  execFileSync('sh', ['-c', 'mkfifo "$0"', path])
  const written = writeFile(path, log(3))
  expect(await read(path)).toBe(log(3))
  await written
})
