import { z } from 'zod'
import { PART_DIMENSIONS } from '../core/evidence-data.ts'

/** Every result is bounded, whatever the log holds. */
const LIMITS = {
  links: 2_000,
  cellSeries: 1_000,
  services: 200,
  versionsPerService: 200,
  sightedVersions: 20_000,
  totals: 20_000,
  partsPerDimension: 20,
  hosts: 200,
} as const

const seconds = z.number().transform((value) => value * 1000)
/** What counts as an error: the incident says so. */
const IS_ERROR = 'status BETWEEN {errorFrom:UInt16} AND {errorTo:UInt16}'
// No alias may bear a column's name: the engine would put the aggregate wherever the column is meant.
const ERRORS = `toFloat64(sumIf(requests, ${IS_ERROR})) AS failed`
const REQUESTS = 'toFloat64(sum(requests)) AS total'
const OF_SERVICES = 'env = {env:String} AND service IN {services:Array(String)}'
const IN_RANGE = "cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')"
const IN_SCOPE = "(empty({routes:Array(String)}) OR has({routes:Array(String)}, concat(method, ' ', route)))"
const EVENTS_OF_ROOT = `env = {env:String} AND service = {root:String} AND ${IN_SCOPE}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`

/** Said of whole series, not of each of their rows: it is dear to say. */
const IS_KEPT_ROUTE = `(has({routes:Array(String)}, concat(method, ' ', route))
    OR has({kept:Array(String)}, concat(service, '\t', method, '\t', route)))`
const SHOWN_SERIES = `service, if(${IS_KEPT_ROUTE}, method, '') AS shown_method,
  if(${IS_KEPT_ROUTE}, route, '__other__') AS shown_route, version, region`
const BY_SHOWN_SERIES = 'GROUP BY service, shown_method, shown_route, version, region'
const SERIES = 'service, method, route, version, region'
const series = {
  service: z.string(),
  shown_method: z.string(),
  shown_route: z.string(),
  version: z.string(),
  region: z.string(),
}

/** Routes kept apart, besides those with a spike: those with most errors; the rest goes under one name. */
export const KEPT_ROUTES = {
  row: z.object({ kept: z.string() }),
  sql: `SELECT concat(service, '\t', method, '\t', route) AS kept FROM cells_1m WHERE ${OF_SERVICES} AND ${IN_RANGE}
GROUP BY service, method, route ORDER BY sumIf(requests, ${IS_ERROR}) DESC, sum(requests) DESC, method, route
LIMIT {keptRoutes:UInt32} BY service`,
}

export const SERVICES = {
  row: z.object({ service: z.string() }),
  sql: `SELECT DISTINCT service FROM service_cells_1m LIMIT ${LIMITS.links}`,
}

export const UPSTREAMS = {
  row: z.object({ service: z.string(), upstream: z.string() }),
  sql: `SELECT DISTINCT service, upstream FROM access_events
WHERE service IN {services:Array(String)} AND upstream != '' LIMIT ${LIMITS.links}`,
}

const CODES = `toFloat64(sumIf(requests, status IN (502, 504))) AS gateway_errors,
  toFloat64(sumIf(requests, status = 503)) AS unavailable_errors`

/** Each spike's own cells; what several of them share is read once. */
const OF_SPIKES = `SELECT spike, {envs:Array(String)}[spike] AS env, {services:Array(String)}[spike] AS service,
    toDateTime(arrayJoin(range({froms:Array(UInt32)}[spike], {tos:Array(UInt32)}[spike], 10)), 'UTC') AS cell_start
  FROM (SELECT arrayJoin(arrayEnumerate({froms:Array(UInt32)})) AS spike)`

export const SPIKE_STATUSES = {
  row: z
    .object({ spike: z.number(), failed: z.number(), gateway_errors: z.number(), unavailable_errors: z.number() })
    .transform(({ spike, failed: errors, gateway_errors: gateway, unavailable_errors: unavailable }) => {
      return { spike, errors, gateway, unavailable }
    }),
  sql: `WITH wanted AS (${OF_SPIKES})
SELECT toUInt32(spike) AS spike, sum(cells.failed) AS failed, sum(cells.gateway_errors) AS gateway_errors,
  sum(cells.unavailable_errors) AS unavailable_errors
FROM wanted INNER JOIN (
  SELECT env, service, cell_start, ${ERRORS}, ${CODES} FROM cells_10s
  WHERE (env, service, cell_start) IN (SELECT env, service, cell_start FROM wanted)
  GROUP BY env, service, cell_start) AS cells USING (env, service, cell_start)
GROUP BY spike`,
}

/** A row has as many numbers as it stands for, without the names beside each. */
const numbers = z.array(z.number())

export const CELLS = {
  row: z
    .object({ ...series, starts: numbers, totals: numbers, failures: numbers })
    .transform(({ shown_method: method, shown_route: route, starts, totals, failures, service, version, region }) =>
      starts.map((start, at) => {
        const [requests, errors] = [totals[at] ?? 0, failures[at] ?? 0]
        return { startMs: start * 1000, service, method, route, version, region, requests, errors }
      }),
    ),
  sql: `SELECT ${SHOWN_SERIES}, (sumMap(ats, asked, broken) AS summed).1 AS starts, summed.2 AS totals, summed.3 AS failures
FROM (
  SELECT ${SERIES}, groupArray(at) AS ats, groupArray(total) AS asked, groupArray(failed) AS broken
  FROM (
    SELECT toUnixTimestamp(cell_start) AS at, ${SERIES}, ${REQUESTS}, ${ERRORS}
    FROM cells_10s WHERE ${OF_SERVICES} AND ${IN_RANGE} GROUP BY at, ${SERIES})
  GROUP BY ${SERIES})
${BY_SHOWN_SERIES} ORDER BY arraySum(totals) DESC LIMIT ${LIMITS.cellSeries}`,
}

/** Of the incident's services, and of the busiest. */
export const SERVICE_MINUTES = {
  row: z
    .object({
      service: z.string(),
      starts: numbers,
      totals: numbers,
      failures: numbers,
      gateway: numbers,
      unavailable: numbers,
    })
    .transform(({ service, starts, totals, failures, gateway, unavailable }) =>
      starts.map((start, at) => {
        const [requests, errors] = [totals[at] ?? 0, failures[at] ?? 0]
        const [gatewayErrors, unavailableErrors] = [gateway[at] ?? 0, unavailable[at] ?? 0]
        return { startMs: start * 1000, service, requests, errors, gatewayErrors, unavailableErrors }
      }),
    ),
  sql: `SELECT service, starts, totals, failures, gateway, unavailable
FROM (
  SELECT *, row_number() OVER (ORDER BY arraySum(totals) DESC, service) AS place
  FROM (
    SELECT service, groupArray(at) AS starts, groupArray(total) AS totals, groupArray(failed) AS failures,
      groupArray(gateway_errors) AS gateway, groupArray(unavailable_errors) AS unavailable
    FROM (
      SELECT toUnixTimestamp(cell_start) AS at, service, ${REQUESTS}, ${ERRORS}, ${CODES}
      FROM service_cells_1m WHERE env = {env:String} AND ${IN_RANGE} GROUP BY at, service)
    GROUP BY service))
WHERE place <= ${LIMITS.services} OR has({services:Array(String)}, service)`,
}

export const SCOPE_MINUTES = {
  row: z
    .object({ at: seconds, total: z.number(), failed: z.number() })
    .transform(({ at: startMs, total: requests, failed: errors }) => ({ startMs, requests, errors })),
  sql: `SELECT toUnixTimestamp(cell_start) AS at, ${REQUESTS}, ${ERRORS}
FROM cells_1m WHERE env = {env:String} AND service = {root:String} AND ${IN_SCOPE} AND ${IN_RANGE} GROUP BY at`,
}

export const VERSIONS = {
  row: z.object({
    service: z.string(),
    version: z.string(),
    first_at: seconds,
    last_at: seconds,
    requests_before: z.number(),
    errors_before: z.number(),
  }),
  sql: `SELECT service, version, toUnixTimestamp(min(cell_start)) AS first_at, toUnixTimestamp(max(cell_start)) AS last_at,
  toFloat64(sumIf(requests, cell_start < toDateTime({onset:UInt32}, 'UTC'))) AS requests_before,
  toFloat64(sumIf(requests, cell_start < toDateTime({onset:UInt32}, 'UTC') AND ${IS_ERROR})) AS errors_before
FROM cells_1m WHERE ${OF_SERVICES} AND ${IN_RANGE}
GROUP BY service, version ORDER BY service, last_at DESC, version LIMIT ${LIMITS.versionsPerService} BY service`,
}

/** To the cell, where cells are still kept. */
export const VERSION_STARTS = {
  row: z.object({ service: z.string(), version: z.string(), first_at: seconds }),
  sql: `SELECT service, version, toUnixTimestamp(min(cell_start)) AS first_at FROM cells_10s
WHERE ${OF_SERVICES} AND ${IN_RANGE} GROUP BY service, version
ORDER BY service, max(cell_start) DESC, version LIMIT ${LIMITS.versionsPerService} BY service`,
}

export const SIGHTED_VERSIONS = {
  row: z.object({ env: z.string(), service: z.string(), version: z.string() }),
  sql: `SELECT DISTINCT env, service, version FROM cells_1m
WHERE cell_start >= toDateTime({from:UInt32}, 'UTC') LIMIT ${LIMITS.sightedVersions}`,
}

const DURING = "cell_start >= toDateTime({onset:UInt32}, 'UTC')"
const BEFORE = "cell_start < toDateTime({beforeTo:UInt32}, 'UTC')"

export const TOTALS = {
  row: z
    .object({
      ...series,
      requests_during: z.number(),
      errors_during: z.number(),
      requests_before: z.number(),
      errors_before: z.number(),
    })
    .transform(({ shown_method: method, shown_route: route, service, version, region, ...counts }) => ({
      service,
      method,
      route,
      version,
      region,
      requests: counts.requests_during,
      errors: counts.errors_during,
      requestsBefore: counts.requests_before,
      errorsBefore: counts.errors_before,
    })),
  sql: `SELECT ${SHOWN_SERIES}, sum(asked) AS requests_during, sum(broken) AS errors_during,
  sum(asked_before) AS requests_before, sum(broken_before) AS errors_before
FROM (
  SELECT ${SERIES}, toFloat64(sumIf(requests, ${DURING})) AS asked,
    toFloat64(sumIf(requests, ${DURING} AND ${IS_ERROR})) AS broken,
    toFloat64(sumIf(requests, ${BEFORE})) AS asked_before,
    toFloat64(sumIf(requests, ${BEFORE} AND ${IS_ERROR})) AS broken_before
  FROM cells_10s WHERE ${OF_SERVICES} AND ${IN_RANGE} GROUP BY ${SERIES})
${BY_SHOWN_SERIES} LIMIT ${LIMITS.totals}`,
}

export const STATUSES = {
  row: z
    .object({ service: z.string(), status: z.number(), total: z.number() })
    .transform(({ total: requests, ...row }) => ({ requests, ...row })),
  sql: `SELECT service, status, ${REQUESTS} FROM cells_10s WHERE ${OF_SERVICES} AND ${IN_RANGE} GROUP BY service, status`,
}

export const PARTS = {
  row: z
    .object({
      dimension: z.enum(PART_DIMENSIONS),
      shown: z.string(),
      requests: z.number(),
      errors: z.number(),
      requests_before: z.number(),
      errors_before: z.number(),
      value_count: z.number(),
    })
    .transform(({ shown: value, requests_before, errors_before, value_count, ...row }) => {
      return { value, requestsBefore: requests_before, errorsBefore: errors_before, valueCount: value_count, ...row }
    }),
  sql: `SELECT dimension, if(place <= ${LIMITS.partsPerDimension}, value, '') AS shown, sum(r) AS requests, sum(e) AS errors,
  sum(rb) AS requests_before, sum(eb) AS errors_before, any(values) AS value_count
FROM (
  SELECT dimension, value, r, e, rb, eb, toFloat64(count() OVER (PARTITION BY dimension)) AS values,
    row_number() OVER (PARTITION BY dimension ORDER BY value = '', e DESC, r DESC, value) AS place
  FROM (
    SELECT part.1 AS dimension, part.2 AS value,
      toFloat64(sumIf(count, ts >= fromUnixTimestamp64Milli({onset:Int64}, 'UTC'))) AS r,
      toFloat64(sumIf(count, ts >= fromUnixTimestamp64Milli({onset:Int64}, 'UTC') AND ${IS_ERROR})) AS e,
      toFloat64(sumIf(count, ts < fromUnixTimestamp64Milli({beforeTo:Int64}, 'UTC'))) AS rb,
      toFloat64(sumIf(count, ts < fromUnixTimestamp64Milli({beforeTo:Int64}, 'UTC') AND ${IS_ERROR})) AS eb
    FROM access_events
    ARRAY JOIN [('client', client), ('user_agent', toString(user_agent)), ('host', toString(if(host != '', host, upstream)))] AS part
    WHERE ${EVENTS_OF_ROOT} GROUP BY dimension, value))
GROUP BY dimension, shown`,
}

export const HOST_MINUTES = {
  row: z
    .object({ instance: z.string(), starts: numbers, totals: numbers, failures: numbers })
    .transform(({ instance: host, starts, totals, failures }) =>
      starts.map((start, at) => {
        return { startMs: start * 1000, host, requests: totals[at] ?? 0, errors: failures[at] ?? 0 }
      }),
    ),
  sql: `SELECT instance, groupArray(at) AS starts, groupArray(total) AS totals, groupArray(failed) AS failures
FROM (
  SELECT toUnixTimestamp(toStartOfMinute(ts)) AS at, if(host != '', host, upstream) AS instance,
    toFloat64(sum(count)) AS total, toFloat64(sumIf(count, ${IS_ERROR})) AS failed
  FROM access_events WHERE ${EVENTS_OF_ROOT} AND instance != '' GROUP BY at, instance)
GROUP BY instance ORDER BY sum(total) DESC, instance LIMIT ${LIMITS.hosts}`,
}

const SIZED = 'status BETWEEN 200 AND 299 AND bytes > 0'

/** Logarithms are summed in whatever order: rounded, so that the same rows give the same answer. */
export const SERVED_MINUTES = {
  row: z
    .object({
      ...{ at: seconds, shown: z.string(), total: z.number(), failed: z.number() },
      ...{ sized: z.number(), size_log_sum: z.number() },
    })
    .transform(({ at: startMs, shown: upstream, total: requests, failed: errors, ...sizes }) => {
      const { sized: sizedRequests, size_log_sum: sizeLogSum } = sizes
      return { startMs, upstream, requests, errors, sizedRequests, sizeLogSum }
    }),
  sql: `SELECT at, if(place <= ${LIMITS.hosts}, name, '') AS shown, sum(asked) AS total, sum(broken) AS failed,
  sum(with_size) AS sized, round(sum(log_sum), 3) AS size_log_sum
FROM (
  SELECT *, dense_rank() OVER (ORDER BY of_name DESC, name) AS place
  FROM (
    SELECT *, sum(asked) OVER (PARTITION BY name) AS of_name
    FROM (
      SELECT toUnixTimestamp(toStartOfMinute(ts)) AS at, toString(upstream) AS name,
        toFloat64(sum(count)) AS asked, toFloat64(sumIf(count, ${IS_ERROR})) AS broken,
        toFloat64(sumIf(count, ${SIZED})) AS with_size, sumIf(count * log(assumeNotNull(bytes)), ${SIZED}) AS log_sum
      FROM access_events WHERE ${EVENTS_OF_ROOT} GROUP BY at, name)))
GROUP BY at, shown`,
}
