import { z } from 'zod'
import { DEFAULT_ENV } from '../../../../shared/domain/access-event.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import { instantText, nameFilter } from '../../core/list-query.ts'
import { type Detectable, serviceDetailSchema, serviceSummarySchema } from '../../core/service-view.ts'
import { toSeconds } from '../../core/time-steps.ts'
import { keepFindings } from '../keep-findings.ts'
import { readRecord } from '../read-record.ts'
import { readServiceParts } from '../read-service-parts.ts'
import { readServices, type ServicesDeps, type ServicesRequest } from '../read-services.ts'

export interface ServicesRoutesDeps extends ServicesDeps {
  /** What the detector would see on each route of a service, busiest first. */
  readonly readDetectable: (env: string, service: string) => Promise<readonly Detectable[]>
}

type ServiceDetail = z.infer<typeof serviceDetailSchema>

const RECORD_MS = 30 * 24 * 3_600_000
const at = instantText.optional().describe('As of this time; now when absent.')

/** `GET /api/v1/services`, and one by its name. */
export function servicesRoutes(
  { readDetectable, ...deps }: ServicesRoutesDeps,
  { blameAt }: { readonly blameAt: number },
): HttpRoutes {
  const { query, nowMs } = deps
  const keepDetails = keepFindings<ServiceDetail>({ query, nowMs }, ['changes', 'incidents', 'feedback'])

  async function readDetail({ env, service, atMs }: ServicesRequest): Promise<ServiceDetail> {
    const to = toSeconds(atMs)
    const [[summary], parts, record] = await Promise.all([
      readServices(deps, { env, service, atMs }, blameAt),
      readServiceParts(query, { env, service, to }),
      readRecord(query, { env, service, from: toSeconds(atMs - RECORD_MS), to }, blameAt),
    ])
    if (summary === undefined)
      throw new HttpError(
        'no_service',
        `no service ${service.slice(0, 100)} had a request in ${env.slice(0, 100)} within a day`,
      )
    return { ...summary, ...parts, record, detectable: [...(await readDetectable(env, service))] }
  }

  return async (server) => {
    server.get(
      '/api/v1/services',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Services that had requests within a day: those with an incident first, then the busiest',
          tags: ['services'],
          querystring: z.object({ env: nameFilter, at }),
          response: { 200: z.object({ items: z.array(serviceSummarySchema) }) },
        },
      },
      async ({ query: { env, at: atMs = nowMs() } }) => {
        return { items: await readServices(deps, { env, service: '', atMs: withinEngine(atMs) }, blameAt) }
      },
    )
    server.get(
      '/api/v1/services/:name',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'One service',
          tags: ['services'],
          params: z.object({ name: z.string().min(1) }),
          querystring: z.object({ env: nameFilter.transform((env) => env || DEFAULT_ENV), at }),
          response: { 200: serviceDetailSchema },
        },
      },
      ({ params: { name }, query: { env, at: asked } }) => {
        const read = (atMs: number) => readDetail({ env, service: name, atMs: withinEngine(atMs) })
        return asked === undefined ? keepDetails(JSON.stringify([env, name]), () => read(nowMs())) : read(asked)
      },
    )
  }
}

const DAY_MS = 24 * 3_600_000

/** A time that a day can be taken from, and that the engine can hold. */
function withinEngine(atMs: number): number {
  return Math.max(toSeconds(atMs) * 1_000, DAY_MS)
}
