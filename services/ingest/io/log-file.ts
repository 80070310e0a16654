import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { InputError, OperationError } from '../../../shared/runtime/errors.ts'
import { gunzip, unzstd } from './decompress.ts'
import { recogniseContent } from './file-signature.ts'
import { type AllocateChunk, cutAtLines, type LineChunk } from './line-chunks.ts'

/** A log to read: a file or standard input. */
export interface LogFile {
  /** What people call it: the path as given, or `stdin`. */
  readonly source: string
  /** The same file gives the same identity under any name. */
  readonly identity: string
  /** As stored, so compressed if it is; unknown for pipes. */
  readonly sizeBytes?: number
  /** Its bytes as stored. A piece is good until the next one is asked for: its memory is used again. */
  read(): AsyncIterable<Uint8Array>
}

export interface LogChunk extends LineChunk {
  /** How far into the log as stored reading has come: what progress is told by. */
  readonly storedBytesRead: number
}

/** On the command line, the name of standard input. */
export const STDIN = '-'

/**
 * Finds the logs to read, in the order given, before anything is read: a wrong name among many is told at once.
 * Throws an InputError for a file that is missing, a directory, or may not be read.
 */
export async function findLogFiles(names: readonly string[], stdin: Readable): Promise<LogFile[]> {
  if (names.length === 0) throw new InputError('no log given: name one or more files, or - for standard input', 'usage')
  if (names.filter((name) => name === STDIN).length > 1)
    throw new InputError('standard input (-) can be read only once: give - once', 'usage')
  return Promise.all(names.map((name) => (name === STDIN ? fromStdin(stdin) : findLogFile(name))))
}

/**
 * Reads a log as chunks of whole lines, decompressed, in memory that `allocate` gives. Fails with an InputError if it can't
 * be read to its end.
 */
export async function* readLog(
  file: LogFile,
  chunkBytes: number,
  allocate?: AllocateChunk,
): AsyncGenerator<LogChunk, void> {
  let storedBytesRead = 0
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of file.read()) {
      storedBytesRead += piece.length
      yield piece
    }
  }
  const stored = counted()
  try {
    const text = await openText(file.source, stored)
    for await (const chunk of cutAtLines(text, chunkBytes, allocate)) yield { ...chunk, storedBytesRead }
  } catch (error) {
    throw explain(file.source, error)
  } finally {
    await stored.return()
  }
}

async function findLogFile(path: string): Promise<LogFile> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory())
      throw new InputError(`${path}: is a directory: give the log files in it, e.g. ${path}/*.log`)
    await access(path, constants.R_OK)
    return {
      source: path,
      identity: `${stats.dev}-${stats.ino}`,
      ...(stats.isFile() && { sizeBytes: stats.size }),
      read: () => readPieces(path),
    }
  } catch (error) {
    throw explain(path, error)
  }
}

function fromStdin(stdin: Readable): LogFile {
  return { source: 'stdin', identity: 'stdin', read: () => stdin }
}

const READ_BYTES = 1 << 20

/** The next piece is read while one is used. Two pieces of memory are enough for a file of any size. */
async function* readPieces(path: string): AsyncGenerator<Uint8Array, void> {
  const file = await open(path)
  const [even, odd] = [Buffer.allocUnsafeSlow(READ_BYTES), Buffer.allocUnsafeSlow(READ_BYTES)]
  const readInto = async (buffer: Buffer) => {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES)
    return buffer.subarray(0, bytesRead)
  }
  let reading = readInto(even)
  try {
    for (let isEven = true; ; isEven = !isEven) {
      const piece = await reading
      if (piece.length === 0) return
      reading = readInto(isEven ? odd : even)
      yield piece
    }
  } finally {
    // A pipe may be silent for long: whoever wants no more does not wait for it.
    void reading.catch(() => {}).then(() => file.close())
  }
}
/** Enough for every signature and for telling text from bytes. */
const HEAD_BYTES = 4_096

/** Decompresses what is compressed, once; throws an InputError for what no parser could read. */
async function openText(source: string, stored: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const outer = await peek(stored)
  const content = recogniseContent(outer.head)
  switch (content.kind) {
    case 'gzip':
      return checkText(source, await peek(gunzip(copied(outer.pieces))))
    case 'zstd':
      return checkText(source, await peek(unzstd(copied(outer.pieces))))
    case 'text':
    case 'unreadable':
      return checkText(source, outer)
  }
}

function checkText(source: string, { head, pieces }: Peeked): AsyncIterable<Uint8Array> {
  if (head.length === 0) throw new InputError(`${source}: is empty: there is no line to read`)
  const content = recogniseContent(head)
  switch (content.kind) {
    case 'text':
      return pieces
    case 'unreadable':
      throw new InputError(`${source}: is ${content.what}, not a log: ${content.advice}`)
    case 'gzip':
    case 'zstd':
      throw new InputError(`${source}: is compressed twice: decompress it once first`)
  }
}

interface Peeked {
  readonly head: Uint8Array
  /** Everything, the head included. */
  readonly pieces: AsyncIterable<Uint8Array>
}

async function peek(pieces: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = pieces[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  for (let length = 0; length < HEAD_BYTES; ) {
    const next = await iterator.next()
    if (next.done === true) break
    taken.push(Uint8Array.from(next.value))
    length += next.value.length
  }
  async function* all(): AsyncGenerator<Uint8Array, void> {
    yield* taken
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { head: Buffer.concat(taken).subarray(0, HEAD_BYTES), pieces: all() }
}

/** Decompressors hold what they are given for a while. */
async function* copied(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) yield Uint8Array.from(piece)
}

function explain(source: string, error: unknown): Error {
  if (error instanceof InputError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const told = FAILURES[code]
  if (told !== undefined) return new InputError(`${source}: ${told}`)
  const message = error instanceof Error ? error.message : String(error)
  return new OperationError(`${source}: reading failed: ${message}`, {
    code: 'read_failed',
    retryable: false,
    cause: error,
  })
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file: check the name',
  ENOTDIR: 'no such file: check the name',
  EACCES: 'may not be read: give this user read permission, or run as one who has it',
  EPERM: 'may not be read: give this user read permission, or run as one who has it',
  EISDIR: 'is a directory: give the log files in it',
  compressed_end_missing: 'ends in the middle: the copy is incomplete, copy it again',
  compressed_damaged: 'is damaged: it cannot be decompressed, copy it again',
  compressed_window: 'needs more memory to decompress than is allowed (zstd --long): decompress it first',
}
