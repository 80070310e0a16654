import { readFile, stat } from 'node:fs/promises'
import { InputError } from '../../shared/runtime/errors.ts'

const BYTES_MAX = 256 * 1024 * 1024

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file: check the name',
  ENOTDIR: 'no such file: check the name',
  EACCES: 'may not be read: give this user read permission',
  EPERM: 'may not be read: give this user read permission',
  EISDIR: 'is a directory: name a file in it',
}

/**
 * A file of text that a person named on the command line.
 * @throws InputError when it can't be read, is no text, or is far larger than such a file is.
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > BYTES_MAX)
      throw new InputError(`${path}: is larger than ${BYTES_MAX / 1024 / 1024} MiB: give a shorter one`)
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw explain(path, error)
  }
}

function explain(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new InputError(`${path}: is not text: give a UTF-8 text file`)
  const told = FAILURES[code]
  return told === undefined ? error : new InputError(`${path}: ${told}`)
}
