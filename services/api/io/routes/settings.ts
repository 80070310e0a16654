import { z } from 'zod'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'

const settingsSchema = z
  .object({ blame_at: z.number().describe('A suspect at least this probable is blamed, one below only listed.') })
  .meta({ id: 'Settings' })

/** `GET /api/v1/settings`: what a page must know of the configuration to say the same as every other face. */
export function settingsRoutes({ blameAt }: { readonly blameAt: number }): HttpRoutes {
  return async (server) => {
    server.get(
      '/api/v1/settings',
      {
        config: { scope: 'read' },
        schema: { summary: 'Settings that answers are told by', tags: ['self'], response: { 200: settingsSchema } },
      },
      async () => ({ blame_at: blameAt }),
    )
  }
}
