import { z } from 'zod'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { instantText, nameFilter } from '../../core/list-query.ts'
import { recordSchema } from '../../core/service-view.ts'
import { toSeconds } from '../../core/time-steps.ts'
import { keepFindings } from '../keep-findings.ts'
import { readRecord } from '../read-record.ts'

const RECORD_MS = 30 * 24 * 3_600_000

/** `GET /api/v1/changes/record`: how often changes broke something, and how long that lasted. */
export function recordRoutes(
  { query, nowMs }: { readonly query: Store['query']; readonly nowMs: () => number },
  { blameAt }: { readonly blameAt: number },
): HttpRoutes {
  const keepRecords = keepFindings<z.infer<typeof recordSchema>>({ query, nowMs }, ['changes', 'incidents', 'feedback'])
  return async (server) => {
    server.get(
      '/api/v1/changes/record',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'How changes fared: how many broke something, and how long that lasted',
          tags: ['changes'],
          querystring: z.object({
            env: nameFilter,
            service: nameFilter,
            from: instantText.optional().describe('30 days before `to` when absent.'),
            to: instantText.optional().describe('Now when absent.'),
          }),
          response: { 200: recordSchema },
        },
      },
      ({ query: asked }) =>
        keepRecords(JSON.stringify(asked), () => {
          const { env, service, to = nowMs(), from = to - RECORD_MS } = asked
          return readRecord(query, { env, service, from: toSeconds(from), to: toSeconds(to) }, blameAt)
        }),
    )
  }
}
