import { z } from 'zod'
import { PART_DIMENSIONS } from '../core/evidence-data.ts'

/** Every result is bounded, whatever the log holds. */
const LIMITS = {
  links: 2_000,
  cells: 200_000,
  services: 200,
  serviceMinutes: 40_000,
  versionsPerService: 200,
  sightedVersions: 20_000,
  totals: 20_000,
  partsPerDimension: 20,
  hosts: 200,
  hostMinutes: 15_000,
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

/** Routes kept apart: those with a spike and those with most errors; the rest goes under one name. */
const IS_KEPT_ROUTE = `(has({routes:Array(String)}, concat(method, ' ', route)) OR (service, method, route) IN (
    SELECT service, method, route FROM cells_1m
    WHERE ${OF_SERVICES} AND cell_start >= toDateTime({topFrom:UInt32}, 'UTC') AND cell_start < toDateTime({topTo:UInt32}, 'UTC')
    GROUP BY service, method, route ORDER BY sumIf(requests, ${IS_ERROR}) DESC, sum(requests) DESC, method, route
    LIMIT {keptRoutes:UInt32} BY service))`
const SHOWN_SERIES = `service, if(${IS_KEPT_ROUTE}, method, '') AS shown_method,
  if(${IS_KEPT_ROUTE}, route, '__other__') AS shown_route, version, region`
const series = {
  service: z.string(),
  shown_method: z.string(),
  shown_route: z.string(),
  version: z.string(),
  region: z.string(),
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

export const SPIKE_STATUSES = {
  row: z
    .object({ failed: z.number(), gateway_errors: z.number(), unavailable_errors: z.number() })
    .transform(({ failed: errors, gateway_errors: gateway, unavailable_errors: unavailable }) => {
      return { errors, gateway, unavailable }
    }),
  sql: `SELECT ${ERRORS}, ${CODES} FROM cells_10s WHERE ${OF_SERVICES} AND ${IN_RANGE}`,
}

export const CELLS = {
  row: z
    .object({ at: seconds, ...series, total: z.number(), failed: z.number() })
    .transform(({ at: startMs, shown_method: method, shown_route: route, total: requests, failed: errors, ...row }) => {
      return { startMs, method, route, requests, errors, ...row }
    }),
  sql: `SELECT toUnixTimestamp(cell_start) AS at, ${SHOWN_SERIES}, ${REQUESTS}, ${ERRORS}
FROM cells_10s WHERE ${OF_SERVICES} AND ${IN_RANGE}
GROUP BY at, service, shown_method, shown_route, version, region LIMIT ${LIMITS.cells}`,
}

export const SERVICE_MINUTES = {
  row: z
    .object({
      at: seconds,
      service: z.string(),
      total: z.number(),
      failed: z.number(),
      gateway_errors: z.number(),
      unavailable_errors: z.number(),
    })
    .transform(({ at: startMs, service, total: requests, failed: errors, ...codes }) => {
      const { gateway_errors: gatewayErrors, unavailable_errors: unavailableErrors } = codes
      return { startMs, service, requests, errors, gatewayErrors, unavailableErrors }
    }),
  sql: `SELECT toUnixTimestamp(cell_start) AS at, service, ${REQUESTS}, ${ERRORS}, ${CODES}
FROM service_cells_1m WHERE env = {env:String} AND ${IN_RANGE} AND (service IN {services:Array(String)} OR service IN (
  SELECT service FROM service_cells_1m WHERE env = {env:String} AND ${IN_RANGE}
  GROUP BY service ORDER BY sum(requests) DESC, service LIMIT ${LIMITS.services}))
GROUP BY at, service LIMIT ${LIMITS.serviceMinutes}`,
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
  sql: `SELECT ${SHOWN_SERIES}, toFloat64(sumIf(requests, ${DURING})) AS requests_during,
  toFloat64(sumIf(requests, ${DURING} AND ${IS_ERROR})) AS errors_during,
  toFloat64(sumIf(requests, ${BEFORE})) AS requests_before,
  toFloat64(sumIf(requests, ${BEFORE} AND ${IS_ERROR})) AS errors_before
FROM cells_10s WHERE ${OF_SERVICES} AND ${IN_RANGE}
GROUP BY service, shown_method, shown_route, version, region LIMIT ${LIMITS.totals}`,
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
    .object({ at: seconds, instance: z.string(), requests: z.number(), errors: z.number() })
    .transform(({ at: startMs, instance: host, ...row }) => ({ startMs, host, ...row })),
  sql: `SELECT toUnixTimestamp(toStartOfMinute(ts)) AS at, if(host != '', host, upstream) AS instance,
  toFloat64(sum(count)) AS requests, toFloat64(sumIf(count, ${IS_ERROR})) AS errors
FROM access_events WHERE ${EVENTS_OF_ROOT} AND instance != '' AND instance IN (
  SELECT if(host != '', host, upstream) AS name FROM access_events WHERE ${EVENTS_OF_ROOT}
  GROUP BY name ORDER BY sum(count) DESC, name LIMIT ${LIMITS.hosts})
GROUP BY at, instance LIMIT ${LIMITS.hostMinutes}`,
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
  sql: `SELECT toUnixTimestamp(toStartOfMinute(ts)) AS at, if(upstream IN (
    SELECT upstream FROM access_events WHERE ${EVENTS_OF_ROOT}
    GROUP BY upstream ORDER BY sum(count) DESC, upstream LIMIT ${LIMITS.hosts}), toString(upstream), '') AS shown,
  toFloat64(sum(count)) AS total, toFloat64(sumIf(count, ${IS_ERROR})) AS failed,
  toFloat64(sumIf(count, ${SIZED})) AS sized,
  round(sumIf(count * log(assumeNotNull(bytes)), ${SIZED}), 3) AS size_log_sum
FROM access_events WHERE ${EVENTS_OF_ROOT} GROUP BY at, shown LIMIT ${LIMITS.hostMinutes}`,
}
