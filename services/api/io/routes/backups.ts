import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { z } from 'zod'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'

export interface BackupsRoutesDeps {
  /** Makes a file of all that is stored and resolves to its path; undefined where the store is not ours to back up. */
  readonly backUp: (() => Promise<string>) | undefined
}

/** `POST /api/v1/backups`: answers with the backup itself, and keeps nothing of it. */
export function backupsRoutes({ backUp }: BackupsRoutesDeps): HttpRoutes {
  return async (server) => {
    let isUnderWay = false
    server.post(
      '/api/v1/backups',
      {
        config: { scope: 'admin' },
        schema: {
          summary: 'Back up the embedded store',
          description: 'The answer is the backup, for `culprit restore`. Everything goes on meanwhile.',
          tags: ['self'],
          produces: ['application/zstd'],
          response: { 200: z.any() },
        },
      },
      async (_request, reply) => {
        if (backUp === undefined) throw new HttpError('not_embedded', 'back up the ClickHouse server by its own BACKUP')
        if (isUnderWay) throw new HttpError('backup_under_way', 'another backup is under way')
        isUnderWay = true
        const path = await backUp().catch((error: unknown) => {
          isUnderWay = false
          throw error
        })
        const file = createReadStream(path)
        file.on('close', () => {
          isUnderWay = false
          rm(path, { force: true }).catch(() => {})
        })
        const { size } = await stat(path)
        return reply.type('application/zstd').header('content-length', size).send(file)
      },
    )
  }
}
