import type { Reject } from '../core/parsed-block.ts'
import { joinTokens } from './block-token.ts'

export interface RejectWriterDeps {
  readonly insertRows: (rows: readonly Readonly<Record<string, unknown>>[], token: string) => Promise<void>
  readonly nowMs: () => number
}

/** Stores the first rejects of a load; further ones are counted only. */
export interface RejectWriter {
  add(rejects: readonly Reject[], token: string): Promise<void>
  finish(): Promise<void>
}

const REJECTS_STORED_MAX = 10_000
const REJECTS_PER_INSERT = 1_000

export function createRejectWriter(deps: RejectWriterDeps): RejectWriter {
  let room = REJECTS_STORED_MAX
  let rejects: Reject[] = []
  let tokens: string[] = []

  async function finish(): Promise<void> {
    if (rejects.length === 0) return
    const seenAt = new Date(deps.nowMs()).toISOString()
    const rows = rejects.map((reject) => toRow(reject, seenAt))
    const token = joinTokens(tokens)
    rejects = []
    tokens = []
    await deps.insertRows(rows, token)
  }

  return {
    async add(found, token) {
      const kept = found.slice(0, room)
      if (kept.length === 0) return
      room -= kept.length
      rejects.push(...kept)
      tokens.push(token)
      if (rejects.length >= REJECTS_PER_INSERT) await finish()
    },
    finish,
  }
}

function toRow(reject: Reject, seenAt: string): Readonly<Record<string, unknown>> {
  return {
    source: reject.source,
    line_number: reject.lineNumber,
    byte_offset: reject.byteOffset,
    reason: reject.reason,
    line: reject.text.replace(HALF_CHARACTER, '\ufffd'),
    seen_at: seenAt,
  }
}

/** Where a long line was cut inside a character; the engine refuses a whole insert over one. */
const HALF_CHARACTER = /\p{Surrogate}/gu
