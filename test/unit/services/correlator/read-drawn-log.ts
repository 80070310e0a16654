import type {
  EvidenceData,
  EvidenceRequest,
  Links,
  LinksRequest,
  PartDimension,
  PartTotal,
  TimeRange,
} from '../../../../services/correlator/core/evidence-data.ts'
import { groupBy } from '../../../../services/correlator/core/group-by.ts'
import { isInScope } from '../../../../services/correlator/core/incident-case.ts'
import { toStatusShares } from '../../../../services/correlator/core/status-shares.ts'
import type { LogRow } from './drawn-log.ts'

/** What the store would answer, straight from the rows of a drawn log (too small for any of the store's limits). */
export function readDrawnLog(rows: readonly LogRow[]): {
  readLinks: (request: LinksRequest) => Promise<Links>
  readEvidence: (request: EvidenceRequest) => Promise<EvidenceData>
} {
  return {
    readLinks: async (request) => readLinks(rows, request),
    readEvidence: async (request) => readEvidence(rows, request),
  }
}

export function readEvidence(rows: readonly LogRow[], request: EvidenceRequest): EvidenceData {
  const ofServices = rows.filter(({ service }) => request.services.includes(service))
  const ofScope = rows.filter((row) => row.service === request.root && isInScope(request, row))
  return {
    cells: sumBy(within(ofServices, request.cells), cellKey, (row) => ({ startMs: cellOf(row), ...seriesOf(row) })),
    serviceMinutes: sumBy(within(rows, request.minutes), minuteKey, (row, members) => ({
      startMs: minuteOf(row),
      service: row.service,
      gatewayErrors: countOf(members, [502, 504]),
      unavailableErrors: countOf(members, [503]),
    })),
    scopeMinutes: sumBy(within(ofScope, request.minutes), minuteKey, (row) => ({ startMs: minuteOf(row) })),
    versions: readVersions(ofServices, request),
    totals: readTotals(ofServices, request),
    statuses: [
      ...groupBy(within(ofServices, request.during), ({ service, status }) => `${service} ${status}`).values(),
    ].map((members) => ({
      service: members[0]?.service ?? '',
      status: members[0]?.status ?? 0,
      requests: countAll(members),
    })),
    parts: (['client', 'user_agent', 'host'] as const).flatMap((dimension) => readParts(ofScope, dimension, request)),
    hostMinutes: sumBy(
      within(ofScope, request.parts).filter((row) => instanceOf(row) !== ''),
      (row) => `${minuteOf(row)} ${instanceOf(row)}`,
      (row) => ({ startMs: minuteOf(row), host: instanceOf(row) }),
    ),
    served: readServed(within(ofScope, request.parts)),
  }
}

function readLinks(rows: readonly LogRow[], { services, spikes }: LinksRequest): Links {
  const shares = spikes.flatMap(({ id, service, range }) => {
    const members = within(rows, range).filter((row) => row.service === service)
    const errors = countErrors(members)
    const found = toStatusShares({
      errors,
      gateway: countOf(members, [502, 504]),
      unavailable: countOf(members, [503]),
    })
    return found === undefined ? [] : [[id, found] as const]
  })
  const proxied = rows.filter(({ service, upstream }) => services.includes(service) && upstream !== '')
  return {
    services: [...new Set(rows.map(({ service }) => service))],
    upstreams: [...groupBy(proxied, ({ service, upstream }) => `${service} ${upstream}`).values()].flatMap(([row]) => {
      return row === undefined ? [] : [{ service: row.service, upstream: row.upstream }]
    }),
    statuses: new Map(shares),
  }
}

function readVersions(rows: readonly LogRow[], { versions, onsetAtMs }: EvidenceRequest): EvidenceData['versions'] {
  return [...groupBy(within(rows, versions), ({ service, version }) => `${service} ${version}`).values()].map(
    (members) => {
      const before = members.filter(({ atMs }) => atMs < onsetAtMs)
      return {
        service: members[0]?.service ?? '',
        version: members[0]?.version ?? '',
        firstAtMs: members.reduce((first, row) => Math.min(first, cellOf(row)), Number.POSITIVE_INFINITY),
        lastAtMs: members.reduce((last, row) => Math.max(last, minuteOf(row)), 0),
        requestsBefore: countAll(before),
        errorsBefore: countErrors(before),
      }
    },
  )
}

function readTotals(rows: readonly LogRow[], { before, during }: EvidenceRequest): EvidenceData['totals'] {
  const read = within(rows, { fromMs: before.fromMs, toMs: during.toMs })
  return [...groupBy(read, seriesKey).values()].flatMap((members) => {
    const [row] = members
    if (row === undefined) return []
    const earlier = members.filter(({ atMs }) => atMs < before.toMs)
    const later = within(members, during)
    return [
      {
        ...seriesOf(row),
        requests: countAll(later),
        errors: countErrors(later),
        requestsBefore: countAll(earlier),
        errorsBefore: countErrors(earlier),
      },
    ]
  })
}

function readParts(rows: readonly LogRow[], dimension: PartDimension, request: EvidenceRequest): PartTotal[] {
  const valueIn = (row: LogRow): string => {
    if (dimension === 'user_agent') return ''
    return dimension === 'host' ? instanceOf(row) : row.client
  }
  const values = groupBy(within(rows, request.parts), valueIn)
  return [...values].map(([value, members]) => {
    const before = members.filter(({ atMs }) => atMs < request.before.toMs)
    const during = members.filter(({ atMs }) => atMs >= request.onsetAtMs)
    return {
      dimension,
      value,
      requests: countAll(during),
      errors: countErrors(during),
      requestsBefore: countAll(before),
      errorsBefore: countErrors(before),
      valueCount: values.size,
    }
  })
}

function readServed(rows: readonly LogRow[]): EvidenceData['served'] {
  return [...groupBy(rows, (row) => `${minuteOf(row)} ${row.upstream}`).values()].flatMap((members) => {
    const [row] = members
    if (row === undefined) return []
    const sized = members.filter(({ status, bytes }) => status >= 200 && status <= 299 && bytes > 0)
    return [
      {
        startMs: minuteOf(row),
        upstream: row.upstream,
        requests: countAll(members),
        errors: countErrors(members),
        sizedRequests: countAll(sized),
        sizeLogSum: Math.round(1000 * sized.reduce((sum, { bytes, count }) => sum + count * Math.log(bytes), 0)) / 1000,
      },
    ]
  })
}

function sumBy<Shape>(
  rows: readonly LogRow[],
  keyOf: (row: LogRow) => string,
  shapeOf: (row: LogRow, members: readonly LogRow[]) => Shape,
): (Shape & { requests: number; errors: number })[] {
  return [...groupBy(rows, keyOf).values()].flatMap((members) => {
    const [row] = members
    return row === undefined
      ? []
      : [{ ...shapeOf(row, members), requests: countAll(members), errors: countErrors(members) }]
  })
}

function within<Row extends { readonly atMs: number }>(rows: readonly Row[], { fromMs, toMs }: TimeRange): Row[] {
  return rows.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
}

function seriesOf({ service, method, route, version, region }: LogRow) {
  return { service, method, route, version, region }
}

function seriesKey(row: LogRow): string {
  return [row.service, row.method, row.route, row.version, row.region].join('\t')
}

function cellKey(row: LogRow): string {
  return `${cellOf(row)} ${seriesKey(row)}`
}

function minuteKey(row: LogRow): string {
  return `${minuteOf(row)} ${row.service}`
}

function cellOf({ atMs }: LogRow): number {
  return Math.floor(atMs / 10_000) * 10_000
}

function minuteOf({ atMs }: LogRow): number {
  return Math.floor(atMs / 60_000) * 60_000
}

function instanceOf({ host, upstream }: LogRow): string {
  return host || upstream
}

function countAll(rows: readonly LogRow[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0)
}

/** Drawn logs have failures of one kind: what it counts as an error is what fails in it. */
function countErrors(rows: readonly LogRow[]): number {
  return countAll(rows.filter(({ status }) => status >= 400 && status !== 499))
}

function countOf(rows: readonly LogRow[], statuses: readonly number[]): number {
  return countAll(rows.filter(({ status }) => statuses.includes(status)))
}
