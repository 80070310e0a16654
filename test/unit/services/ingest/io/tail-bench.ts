import { expect } from 'vitest'
import { parseFilePattern } from '../../../../../services/ingest/core/file-pattern.ts'
import { type FileTail, openFileTail } from '../../../../../services/ingest/io/file-tail.ts'
import type { TailSource } from '../../../../../services/ingest/io/followed-log.ts'
import type { TailPositions } from '../../../../../services/ingest/io/tail-positions.ts'
import type { ReceivedLines, ReceiveEvents } from '../../../../../services/ingest/receive-events.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'

const silent = createLog({ level: 'silent', write: () => {} })

export function sourceOf(path: string, from: 'beginning' | 'end' = 'beginning'): TailSource {
  const pattern = parseFilePattern(path)
  if (pattern === undefined) throw new Error(path)
  return { path, pattern, from, options: { format: { name: 'combined' } } }
}

/** Keeps each token's lines once, as the store does. */
function createKeeper() {
  const byToken = new Map<string, string>()
  let trouble: 'none' | 'refuse' | 'keep and fail' | 'crash' = 'none'
  let isDead = false
  let last: ReceivedLines | undefined
  const receive: ReceiveEvents = async (lines) => {
    const { bytes, token = '' } = lines
    last = lines
    if (trouble === 'refuse') throw new Error('not now')
    const text = Buffer.from(bytes).toString()
    if (byToken.has(token)) expect(text).toBe(byToken.get(token))
    byToken.set(token, text)
    isDead = trouble === 'crash'
    if (trouble !== 'none') throw new Error('the answer was lost')
    return { accepted: 0, rejected: 0, clamped: 0, rejects: [] }
  }
  return {
    receive,
    set: (next: typeof trouble) => {
      trouble = next
      isDead = false
    },
    /** A process that has ended does nothing more. */
    isDead: () => isDead,
    last: () => last,
    lines: () =>
      [...byToken.values()].flatMap((text) => text.split('\n').map((line) => line.replace(/\r$/, ''))).filter(Boolean),
  }
}

export interface Bench {
  tail: FileTail
  readonly keeper: ReturnType<typeof createKeeper>
  restart(): Promise<void>
  later(ms: number): void
}

let ids = 0

/** A tail that can be restarted, on a clock that stands still, over a store of lines. */
export async function openBench(source: TailSource): Promise<Bench> {
  const keeper = createKeeper()
  let saved: TailPositions | undefined
  let nowMs = 0
  const positions = {
    load: async () => saved,
    save: async (next: TailPositions) => {
      if (keeper.isDead()) throw new Error('dead')
      saved = next
    },
  }
  const newId = () => `id${ids++}`
  const start = () =>
    openFileTail({ receive: keeper.receive, positions, newId, nowMs: () => nowMs, log: silent }, [source])
  const bench: Bench = {
    tail: await start(),
    keeper,
    async restart() {
      await bench.tail.stop()
      bench.tail = await start()
    },
    later(ms) {
      nowMs += ms
    },
  }
  return bench
}
