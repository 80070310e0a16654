export interface KeepSettings {
  readonly nowMs: () => number
  /** So old an answer is read anew, and still given meanwhile. */
  readonly freshMs: number
  /** So old it is given no more. */
  readonly keptMs: number
  /** The oldest beyond these is forgotten. */
  readonly answersMax: number
}

/** Gives what is kept under the key, or else reads it; also where `isRight` says that what is kept no longer is. */
export type Keep<Answer> = (
  key: string,
  read: () => Promise<Answer>,
  isRight?: (answer: Answer) => boolean,
) => Promise<Answer>

/** A minute at most, for answers that are dear to read and move slowly. */
export const MINUTE_KEPT = { freshMs: 30_000, keptMs: 60_000 } as const
/** An hour at most, for what hardly moves within one: whoever looks now and then never waits for it. */
export const HOUR_KEPT = { freshMs: 300_000, keptMs: 3_600_000 } as const

/** Keeps answers for a while, each read by one at a time however many ask. A failure is told to those who wait, and not kept. */
export function keepAnswers<Answer>({ nowMs, freshMs, keptMs, answersMax }: KeepSettings): Keep<Answer> {
  const kept = new Map<string, { readonly askedMs: number; readonly answer: Answer }>()
  const underWay = new Map<string, Promise<Answer>>()

  async function readAndKeep(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const askedMs = nowMs()
    const answer = await read()
    kept.delete(key)
    kept.set(key, { askedMs, answer })
    const [oldest] = kept.keys()
    if (kept.size > answersMax && oldest !== undefined) kept.delete(oldest)
    return answer
  }

  function readAnew(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const reading = underWay.get(key) ?? readAndKeep(key, read).finally(() => underWay.delete(key))
    underWay.set(key, reading)
    return reading
  }

  return async (key, read, isRight = () => true) => {
    const known = kept.get(key)
    const ageMs = known === undefined ? keptMs : nowMs() - known.askedMs
    if (known === undefined || ageMs >= keptMs || !isRight(known.answer)) return readAnew(key, read)
    // Who asks next when it is too old waits for its own reading, and hears of its failure.
    if (ageMs >= freshMs) void readAnew(key, read).catch(() => {})
    return known.answer
  }
}

/** Gives what is known of each of the keys, reading together those that nothing is known of; a key without an answer is left out. */
export type KeepEach<Answer> = (
  keys: readonly string[],
  readMissing: (missing: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
) => Promise<ReadonlyMap<string, Answer>>

/** Keeps answers of which many are asked for at a time, each for as long as `keptMs`. */
export function keepEachAnswer<Answer>({ nowMs, keptMs, answersMax }: Omit<KeepSettings, 'freshMs'>): KeepEach<Answer> {
  const kept = new Map<string, { readonly readMs: number; readonly answer: Answer }>()
  return async (keys, readMissing) => {
    const nowIsMs = nowMs()
    const known = new Map<string, Answer>()
    for (const key of keys) {
      const found = kept.get(key)
      if (found !== undefined && nowIsMs - found.readMs < keptMs) known.set(key, found.answer)
    }
    const missing = keys.filter((key) => !known.has(key))
    for (const [key, answer] of missing.length === 0 ? [] : await readMissing(missing)) {
      known.set(key, answer)
      kept.delete(key)
      kept.set(key, { readMs: nowIsMs, answer })
      const [oldest] = kept.keys()
      if (kept.size > answersMax && oldest !== undefined) kept.delete(oldest)
    }
    return known
  }
}
