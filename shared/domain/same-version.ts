/** Whether two names mean one version: `v42` and `42`, a commit and its short form, an image and its tag. */
export function isSameVersion(tag: string, name: string): boolean {
  const [a, b] = [normalize(tag), normalize(name)]
  if (a === b) return true
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return /^[0-9a-f]{7,40}$/.test(short) && /^[0-9a-f]{7,40}$/.test(long) && long.startsWith(short)
}

function normalize(version: string): string {
  const last = version.split(/[/:@]/).at(-1) ?? version
  return last.toLowerCase().replace(/^v(?=\d)/, '')
}
