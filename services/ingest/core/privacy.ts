/** What is kept of a log that could say who asked, or hold a secret. Plain data, so that it crosses to a worker thread. */
export interface Privacy {
  /** Of an address: its network, a keyed hash of it, or all. */
  readonly client: 'truncated' | 'hashed' | 'full'
  /** The key of `hashed`. */
  readonly clientKey?: string
  /** Names of the query parameters that stay on a path; all others are dropped. */
  readonly keepQuery: readonly string[]
}

/** What holds unless the user says otherwise. */
export const STRICT_PRIVACY: Privacy = { client: 'truncated', keepQuery: [] }
