import { z } from 'zod'
import type { Metrics } from '../../../shared/runtime/metrics.ts'
import type { Store } from '../../../shared/store/store.ts'
import { toSeconds } from '../core/time-steps.ts'
import { FAILED, IN_RANGE, SETTINGS, TOTAL } from './cell-queries.ts'

interface ErrorRatioDeps {
  readonly metrics: Pick<Metrics, 'gaugeOf'>
  readonly query: Store['query']
  readonly nowMs: () => number
}

const WINDOW_SECONDS = 300
const SERVICES_MAX = 200
const LABELS = ['env', 'service'] as const

const row = z.object({ env: z.string(), service: z.string(), total: z.number(), failed: z.number() })

/** Has Prometheus told the requests and the error ratio of each service, the busiest of them, over five minutes. */
export function recordErrorRatios({ metrics, query, nowMs }: ErrorRatioDeps): void {
  const read = async () => {
    const to = Math.floor(toSeconds(nowMs()) / 10) * 10
    const rows = await query(
      row,
      `SELECT env, service, ${TOTAL}, ${FAILED} FROM cells_10s WHERE ${IN_RANGE} GROUP BY env, service
       ORDER BY total DESC, env, service LIMIT ${SERVICES_MAX} ${SETTINGS}`,
      { from: to - WINDOW_SECONDS, to },
    )
    return rows.map(({ env, service, ...counts }) => ({ labels: { env, service }, ...counts }))
  }
  metrics.gaugeOf(
    {
      name: 'culprit_service_error_ratio',
      help: 'Share of requests answered with 5xx over five minutes, 0 to 1, of the 200 busiest services.',
      labels: LABELS,
    },
    async () => (await read()).map(({ labels, total, failed }) => ({ labels, value: failed / total })),
  )
  metrics.gaugeOf(
    {
      name: 'culprit_service_requests_per_second',
      help: 'Requests a second over five minutes, of the 200 busiest services.',
      labels: LABELS,
    },
    async () => (await read()).map(({ labels, total }) => ({ labels, value: total / WINDOW_SECONDS })),
  )
}
