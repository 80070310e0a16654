import { z } from 'zod'
import type { Change } from '../../../shared/domain/change.ts'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { toGrafanaAnnotation, toGrafanaChange } from '../core/grafana-annotation.ts'
import type { Channel } from './channel.ts'
import { postJson } from './http-post.ts'

export interface GrafanaOptions {
  readonly url: string
  /** Of a service account that may write annotations. */
  readonly token: string
}

const WHO = 'Grafana'
const answerSchema = z.object({ id: z.number() })

/** One annotation an incident, which ends when it does. */
export function createGrafana(fetch: GuardedFetch, { url, token }: GrafanaOptions): Channel {
  const headers = { authorization: `Bearer ${token}` }
  return {
    async send({ message, receipt }) {
      const body = JSON.stringify(toGrafanaAnnotation(message))
      const known = receipt?.['id']
      if (known !== undefined) {
        await postJson(fetch, WHO, { method: 'PATCH', url: `${url}/api/annotations/${known}`, body, headers })
        return { id: known }
      }
      const answer = await postJson(fetch, WHO, { url: `${url}/api/annotations`, body, headers })
      return { id: String(answerSchema.parse(await answer.json()).id) }
    },
  }
}

export async function sendGrafanaChange(
  fetch: GuardedFetch,
  { url, token }: GrafanaOptions,
  change: Change,
): Promise<void> {
  await postJson(fetch, WHO, {
    url: `${url}/api/annotations`,
    body: JSON.stringify(toGrafanaChange(change)),
    headers: { authorization: `Bearer ${token}` },
  })
}
