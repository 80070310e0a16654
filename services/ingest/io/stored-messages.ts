import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import { joinTokens } from './block-token.ts'

/** Which messages were stored, by their tokens: one that is published twice may come in other company. */
export interface StoredMessages {
  find(tokens: readonly string[]): Promise<ReadonlySet<string>>
  /** To be called once their events are stored. */
  add(tokens: readonly string[]): Promise<void>
}

export function openStoredMessages(store: Pick<Store, 'query' | 'insertRows'>, nowMs: () => number): StoredMessages {
  return {
    async find(tokens) {
      const rows = await store.query(
        z.object({ token: z.string() }),
        'SELECT DISTINCT token FROM stored_messages WHERE token IN {tokens:Array(String)}',
        { tokens },
      )
      return new Set(rows.map(({ token }) => token))
    },
    async add(tokens) {
      const updatedAt = new Date(nowMs()).toISOString()
      const rows = tokens.map((token) => ({ token, updated_at: updatedAt }))
      await store.insertRows('stored_messages', rows, joinTokens(tokens))
    },
  }
}
