import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { toOpsgenieCall } from '../core/opsgenie-alert.ts'
import type { Channel } from './channel.ts'
import { postJson } from './http-post.ts'

export interface OpsgenieOptions {
  readonly apiKey: string
  /** `https://api.opsgenie.com`, `https://api.eu.opsgenie.com`. */
  readonly apiUrl: string
}

export function createOpsgenie(fetch: GuardedFetch, { apiKey, apiUrl }: OpsgenieOptions): Channel {
  return {
    async send({ message, notices }) {
      const call = toOpsgenieCall(message, notices)
      if (call === undefined) return {}
      await postJson(fetch, 'Opsgenie', {
        url: `${apiUrl}${call.path}`,
        body: JSON.stringify(call.body),
        headers: { authorization: `GenieKey ${apiKey}` },
      })
      return { alias: message.incidentId }
    },
  }
}
