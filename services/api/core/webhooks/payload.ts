import { parseInstant } from '../../../../shared/domain/parse-instant.ts'

/** What a payload holds at a path of its own members; whatever it is. Payloads are foreign: nothing of them is taken for granted. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = Reflect.get(found, key)
  }
  return found
}

/** The text there, or the number as text; undefined when it is neither, or empty. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  if (typeof found === 'number') return String(found)
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** The texts there, an absent list being empty. */
export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string')
}

/** The instant there as epoch milliseconds, however it is written. */
export function instantAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' || typeof found === 'number' ? readInstant(found) : undefined
}

/** `2021-04-28 21:50:00 +0200`, `2016-08-12 15:23:28 UTC` and `Mon Jan 13 01:54:19 UTC 2020` are times in payloads, too. */
function readInstant(value: string | number): number | undefined {
  if (value === 0 || value === '0' || value === '') return undefined
  const known = parseInstant(value)
  if (known !== undefined || typeof value === 'number') return known
  const spaced = parseInstant(value.replace(/ UTC$/, 'Z').replace(/ (?=[+-]\d\d:?\d\d$)/, ''))
  if (spaced !== undefined) return spaced
  const loose = /\b(?:UTC|GMT)\b|[+-]\d{4}$/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(loose) || loose <= 0 ? undefined : loose
}

/** The last part of a path: a repository of its full name, an object of its resource name. */
export function lastPart(path: string | undefined, separator = '/'): string | undefined {
  return path?.split(separator).findLast((part) => part !== '')
}

/** The first line of a commit's message, or of any text. */
export function firstLine(text: string | undefined): string | undefined {
  return text?.split(/\r?\n/, 1)[0]?.trim() || undefined
}

/** `owner/name` of a repository's address, e.g. `git@github.com:acme/shop.git`. */
export function repoOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const path = address.replace(/[?#].*$/s, '').replace(/^[a-z+]+:\/\/[^/]*\/|^[^/@]*@[^:]*:/i, '')
  return path.replace(/\.git$|\/$/, '') || undefined
}

/** What an image's or artifact's name says of its version: its tag, else its digest. */
export function imageVersion(image: string | undefined): string | undefined {
  if (image === undefined) return undefined
  const digest = /@(sha256:[\da-f]{7,64})$/i.exec(image)?.[1]
  const tag = /:([\w.-]{1,128})$/.exec(image.replace(/@.*$/, ''))?.[1]
  return tag ?? digest
}
