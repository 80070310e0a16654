/** What a person says of a sender: which of its names mean which service and environment, and which of its runs deploy. */
export interface SenderSettings {
  /** A template such as `{repo}`; absent: what the sender's adapter takes for the service. */
  readonly service?: string
  readonly env?: string
  /** From a name of the payload (its repository, app, project…) to the service; false: it is none, ignore it. */
  readonly services: Readonly<Record<string, string | false>>
  /** From the payload's environment to ours, before the usual aliases. */
  readonly envs: Readonly<Record<string, string>>
  /** Patterns of the names of runs that deploy, `*` standing for anything. */
  readonly deploys: readonly string[]
  /** Patterns of the files in a repository whose change is a change of configuration. */
  readonly configPaths: readonly string[]
}

export const DEFAULT_SENDER_SETTINGS: SenderSettings = {
  services: {},
  envs: {},
  deploys: ['*deploy*', '*release*', '*rollout*', '*promote*', '*rollback*'],
  configPaths: [],
}

/** Whether a name is one of those that the patterns mean, in whatever case; `*` stands for anything, `**` too. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(name.toLowerCase(), pattern.toLowerCase()))
}

/** Each piece between stars at its first place after the one before: linear, whatever the name. */
function matches(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split(/\*+/)
  if (rest.length === 0) return name === first
  if (!name.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let from = first.length
  for (const piece of rest) {
    const found = name.indexOf(piece, from)
    if (found < 0) return false
    from = found + piece.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}
