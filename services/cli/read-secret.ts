import { readTextFile } from './read-text-file.ts'

/** A secret from the configuration or the environment, else from a file, without the file's last line break; undefined where neither is named. */
export async function readSecret(value: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (value !== undefined || file === undefined) return value
  return (await readTextFile(file)).trim()
}
