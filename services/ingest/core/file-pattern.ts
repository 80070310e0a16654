/** Which files of one directory are meant. */
export interface FilePattern {
  readonly directory: string
  matches(name: string): boolean
}

/** What a rotated log is packed into; its lines were read before. */
const PACKED = /\.(gz|bz2|xz|zst|zip)$/

/** A path whose last part may hold `*` and `?`; undefined when another part does. */
export function parseFilePattern(path: string): FilePattern | undefined {
  const slash = path.lastIndexOf('/')
  const directory = slash === -1 ? '.' : path.slice(0, slash) || '/'
  const name = path.slice(slash + 1)
  if (name === '' || /[*?]/.test(directory)) return undefined
  if (!/[*?]/.test(name)) return { directory, matches: (other) => other === name }
  const source = name
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`)
  return { directory, matches: (other) => pattern.test(other) && !PACKED.test(other) }
}
