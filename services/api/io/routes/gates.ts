import { z } from 'zod'
import { DEFAULT_ENV } from '../../../../shared/domain/access-event.ts'
import { type HttpRoutes, takeJson } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { judgeRollout, ROLLOUT_VERDICTS } from '../../core/judge-rollout.ts'
import { roundRate } from '../../core/normal-rate.ts'
import { type ReadRollout, readRollout } from '../read-rollout.ts'

export interface GatesRoutesDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

const name = z.string().min(1).max(500)
const gateQuery = z.object({ service: name, version: name, env: name.default(DEFAULT_ENV) })
const sideSchema = z.object({ requests: z.number(), errors: z.number(), error_rate: z.number().nullable() })
const gateSchema = z
  .object({
    verdict: z.enum(ROLLOUT_VERDICTS),
    is_settled: z.boolean().describe('Waiting longer would hardly change it.'),
    text: z.string().describe('The evidence, in a sentence.'),
    since: z.iso.datetime().nullable().describe('First request of the version that is looked at.'),
    version: sideSchema,
    compared_with: z.enum(['other_versions', 'before']),
    others: sideSchema,
    requests_needed: z.number().describe('Of the version, to call it healthy.'),
  })
  .meta({ id: 'Gate' })

/** `POST /api/v1/gates`: whether a version may go on being rolled out, as far as its traffic until now can tell. */
export function gatesRoutes({ query, nowMs }: GatesRoutesDeps): HttpRoutes {
  return async (server) => {
    takeJson(server)
    server.post(
      '/api/v1/gates',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Judge a version by its traffic until now',
          tags: ['gates'],
          body: gateQuery,
          response: { 200: gateSchema },
        },
      },
      async ({ body }) => {
        const rollout = await readRollout(query, { ...body, nowMs: nowMs() })
        const { verdict, isSettled, totals, requestsNeeded } = judgeRollout(rollout)
        const version = sideOf(totals.exposedRequests, totals.exposedErrors)
        const others = sideOf(totals.otherRequests, totals.otherErrors)
        return {
          ...{ verdict, is_settled: isSettled, version, others, requests_needed: requestsNeeded },
          since: rollout.sinceMs === null ? null : new Date(rollout.sinceMs).toISOString(),
          compared_with: rollout.against,
          text: describeGate(body.version, rollout, { version, others, requestsNeeded }),
        }
      },
    )
  }
}

type Side = z.infer<typeof sideSchema>

function sideOf(requests: number, errors: number): Side {
  return { requests, errors, error_rate: requests === 0 ? null : roundRate(errors / requests) }
}

function describeGate(
  name: string,
  { sinceMs, against }: ReadRollout,
  { version, others, requestsNeeded }: { version: Side; others: Side; requestsNeeded: number },
): string {
  if (sinceMs === null) return `no request was served by ${name} within a day`
  const other = against === 'other_versions' ? 'other versions at the same time' : 'the service in the hour before'
  const needed = version.requests < requestsNeeded ? `; it takes ${sayCount(requestsNeeded)} requests to tell` : ''
  return `${name} fails ${saySide(version)}, ${other} ${saySide(others)}${needed}`
}

function saySide({ requests, error_rate }: Side): string {
  if (error_rate === null) return 'none of no requests'
  return `${Number((error_rate * 100).toPrecision(2))} % of ${sayCount(requests)} requests`
}

function sayCount(count: number): string {
  return count.toLocaleString('en-US')
}
