import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { toTeamsCard } from '../core/teams-card.ts'
import type { Channel } from './channel.ts'
import { postJson } from './http-post.ts'

/** Microsoft Teams by the webhook of a workflow; it can only post, so each telling is a card of its own. */
export function createTeams(fetch: GuardedFetch, { url }: { readonly url: string }): Channel {
  return {
    async send({ message, notices }) {
      if (notices.length === 0) return {}
      const news = notices.flatMap(({ reason, text }) => (reason === 'opened' ? [] : [text])).join('\n')
      await postJson(fetch, 'Teams', { url, body: JSON.stringify(toTeamsCard(message, news)) })
      return {}
    },
  }
}
