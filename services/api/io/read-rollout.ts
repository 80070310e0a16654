import { z } from 'zod'
import { estimateCorrelation } from '../../../shared/domain/error-correlation.ts'
import { isSameVersion } from '../../../shared/domain/same-version.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { RolloutTraffic } from '../core/judge-rollout.ts'
import { toSeconds } from '../core/time-steps.ts'
import { FAILED, IN_RANGE, OF_SERVICE, SERVER_ERROR, SETTINGS, TOTAL } from './cell-queries.ts'

export interface RolloutRequest {
  readonly env: string
  readonly service: string
  readonly version: string
  readonly nowMs: number
}

export interface ReadRollout extends RolloutTraffic {
  /** First request on it that is looked at, epoch ms; null when it has had none. */
  readonly sinceMs: number | null
  /** Compared with versions that serve at the same time, or with the time before it. */
  readonly against: 'other_versions' | 'before'
}

const DAY_SECONDS = 24 * 3_600
const LOOKED_AT_SECONDS = 2 * 3_600
const BEFORE_SECONDS = 3_600
const STRATA_MAX = 50_000

const versionRow = z.object({ tag: z.string(), began: z.number() })
const stratumRow = z
  .object({ mine: z.number(), mine_failed: z.number(), others: z.number(), others_failed: z.number() })
  .transform(({ mine, mine_failed, others, others_failed }) => ({
    exposedRequests: mine,
    exposedErrors: mine_failed,
    otherRequests: others,
    otherErrors: others_failed,
  }))
const cellRow = z
  .object({ at: z.number(), total: z.number(), failed: z.number() })
  .transform(({ at, total, failed }) => ({ startMs: at * 1_000, requests: total, errors: failed }))

/** What a version has done since it took traffic, at most two hours ago, and what it is to be compared with. */
export async function readRollout(query: Store['query'], request: RolloutRequest): Promise<ReadRollout> {
  const { env, service, version, nowMs } = request
  const now = toSeconds(nowMs)
  const of = { env, service }
  const tags = await query(
    versionRow,
    `SELECT toString(version) AS tag, toUnixTimestamp(min(cell_start)) AS began FROM cells_1m
     WHERE ${OF_SERVICE} AND ${IN_RANGE} AND version != '' GROUP BY tag ORDER BY began DESC LIMIT 1000 ${SETTINGS}`,
    { ...of, from: now - DAY_SECONDS, to: now },
  )
  const mine = tags.filter(({ tag }) => isSameVersion(tag, version))
  const began = mine.reduce((first, tag) => Math.min(first, tag.began), now)
  if (mine.length === 0) return { sinceMs: null, against: 'before', strata: [], correlation: 0 }
  const since = Math.max(began, now - LOOKED_AT_SECONDS)
  const parameters = { ...of, versions: mine.map(({ tag }) => tag), from: since, to: now }
  const before = await query(
    cellRow,
    `SELECT toUnixTimestamp(cell_start) AS at, ${TOTAL}, ${FAILED} FROM cells_10s
     WHERE ${OF_SERVICE} AND ${IN_RANGE} GROUP BY at ${SETTINGS}`,
    { ...of, from: since - BEFORE_SECONDS, to: since },
  )
  const correlation = estimateCorrelation(before)
  const together = await query(stratumRow, TOGETHER, parameters)
  if (together.length > 0) return { sinceMs: since * 1_000, against: 'other_versions', strata: together, correlation }
  const [whole] = await query(stratumRow, WHOLE, parameters)
  if (whole === undefined) return { sinceMs: since * 1_000, against: 'before', strata: [], correlation }
  const otherRequests = before.reduce((sum, cell) => sum + cell.requests, 0)
  const otherErrors = before.reduce((sum, cell) => sum + cell.errors, 0)
  return { sinceMs: since * 1_000, against: 'before', strata: [{ ...whole, otherRequests, otherErrors }], correlation }
}

const MINE = 'has({versions:Array(String)}, version)'
const SIDES = `toFloat64(sumIf(requests, ${MINE})) AS mine, toFloat64(sumIf(requests, ${MINE} AND ${SERVER_ERROR})) AS mine_failed,
  toFloat64(sumIf(requests, NOT ${MINE})) AS others, toFloat64(sumIf(requests, NOT ${MINE} AND ${SERVER_ERROR})) AS others_failed`
const TOGETHER = `SELECT ${SIDES} FROM cells_10s WHERE ${OF_SERVICE} AND ${IN_RANGE}
  GROUP BY toStartOfMinute(cell_start), method, route, region HAVING mine > 0 AND others > 0 LIMIT ${STRATA_MAX} ${SETTINGS}`
const WHOLE = `SELECT ${SIDES} FROM cells_10s WHERE ${OF_SERVICE} AND ${IN_RANGE} ${SETTINGS}`
