import type { Incident } from '../domain/incident.ts'

/** What one step of a chart counted. No requests: there is nothing to draw. */
export interface RatePoint {
  readonly requests: number
  readonly errors: number
}

/** One line of a chart, a point a step. */
export interface RateSeries {
  readonly name: string
  readonly points: readonly RatePoint[]
}

/** Which requests of the incident's service a chart counts: all of them, or those of some routes. */
export interface ChartSubject {
  readonly service: string
  /** Each as `POST /pay/{id}`; empty means all. */
  readonly routes: readonly string[]
}

/** Times are epoch milliseconds; `toMs` is the end of the last step. */
export interface ChartWindow {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

/** The picture of one incident: error shares from before the onset to after the recovery. */
export interface IncidentChart extends ChartWindow {
  readonly subject: ChartSubject
  readonly total: RateSeries
  /** The versions that took most requests; empty where the log names none or only one. */
  readonly versions: readonly RateSeries[]
  /** Other services that the same fault hit. */
  readonly otherServices: readonly RateSeries[]
}

export const CHART_POINTS_MAX = 240
/** A chart of fewer points is no picture; a step then counts fewer requests than we would like. */
const CHART_POINTS_MIN = 40
/** Below this many requests a step, chance alone draws towers. */
const REQUESTS_PER_STEP = 30
const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const STEPS_MS = [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400].map(
  (seconds) => seconds * SECOND_MS,
)
const BEFORE_MS = { least: 10 * MINUTE_MS, most: 3 * HOUR_MS }
const AFTER_MS = { least: 10 * MINUTE_MS, most: 2 * HOUR_MS }
/** A suspect at least this probable is shown on the chart even when it began long before the errors. */
const SHOWN_SUSPECT = 0.2
/** More routes than these are nearly all of the service. */
const ROUTES_MAX = 5

/** From well before the first error, and before the likely suspects, to well after the last, inside the log. */
export function chooseChartWindow(incident: Incident, log: { fromMs: number; toMs: number }): ChartWindow {
  const endMs = Math.max(incident.resolvedAtMs ?? log.toMs, incident.startedAtMs + SECOND_MS)
  const lengthMs = endMs - incident.startedAtMs
  const suspectsMs = incident.suspects.filter(isShown).map((suspect) => suspect.change.startedAtMs)
  const leadMs = clamp(lengthMs / 2, BEFORE_MS)
  const fromMs = Math.min(incident.startedAtMs - leadMs, ...suspectsMs.map((atMs) => atMs - leadMs / 4))
  const toMs = endMs + clamp(lengthMs / 2, AFTER_MS)
  const window = { fromMs: Math.max(fromMs, log.fromMs), toMs: Math.min(Math.max(toMs, endMs), log.toMs) }
  // How long requests take is counted by the minute.
  const finestMs = incident.signal === 'latency' ? MINUTE_MS : 0
  const stepMs = Math.max(chooseStep(window.toMs - window.fromMs, countDrawn(incident) / lengthMs), finestMs)
  return {
    fromMs: Math.floor(window.fromMs / stepMs) * stepMs,
    toMs: Math.max(Math.ceil(window.toMs / stepMs), Math.floor(window.fromMs / stepMs) + 1) * stepMs,
    stepMs,
  }
}

/** What an incident's chart counts: the failing routes of its service where only a few fail, else all of it. */
export function drawnSubject({ service, affected }: Incident): ChartSubject {
  const own = affected.filter((series) => series.service === service)
  if (own.some(({ route }) => route === null)) return { service, routes: [] }
  const routes = [...new Set(own.map(({ method, route }) => `${method ?? ''} ${route ?? ''}`))]
  return { service, routes: routes.length <= ROUTES_MAX ? routes : [] }
}

/** Points added together, `size` at a time. */
export function coarsen(points: readonly RatePoint[], size: number): RatePoint[] {
  const coarse: RatePoint[] = []
  for (let from = 0; from < points.length; from += size) coarse.push(sumPoints(points.slice(from, from + size)))
  return coarse
}

export function sumPoints(points: readonly RatePoint[]): RatePoint {
  let requests = 0
  let errors = 0
  for (const point of points) {
    requests += point.requests
    errors += point.errors
  }
  return { requests, errors }
}

/** Share of requests that failed, 0–1; undefined where there were none. */
export function errorShare(point: RatePoint): number | undefined {
  return point.requests > 0 ? point.errors / point.requests : undefined
}

/** The requests of the incident that its chart counts. */
function countDrawn(incident: Incident): number {
  const { service, routes } = drawnSubject(incident)
  if (routes.length === 0) return incident.requests
  const drawn = incident.affected.filter((series) => series.service === service)
  return drawn.reduce((sum, { requests }) => sum + requests, 0)
}

function isShown(suspect: Incident['suspects'][number]): boolean {
  return suspect.probability >= SHOWN_SUSPECT
}

/** `requestsPerMs`: what the chart may expect to count. */
function chooseStep(spanMs: number, requestsPerMs: number): number {
  // The two added points are what aligning both ends to the step can cost.
  const leastMs = spanMs / (CHART_POINTS_MAX - 2)
  const wantedMs = requestsPerMs > 0 ? REQUESTS_PER_STEP / requestsPerMs : leastMs
  const stepMs = Math.max(leastMs, Math.min(wantedMs, spanMs / CHART_POINTS_MIN))
  return STEPS_MS.find((candidate) => candidate >= stepMs) ?? Math.ceil(stepMs / DAY_MS) * DAY_MS
}

function clamp(value: number, range: { least: number; most: number }): number {
  return Math.min(Math.max(value, range.least), range.most)
}
