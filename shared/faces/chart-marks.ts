import type { Change } from '../domain/change.ts'
import type { Incident } from '../domain/incident.ts'
import { changeName } from './change-words.ts'
import { errorShare, type IncidentChart, sumPoints } from './incident-chart.ts'
import { normalShare, onsetWords } from './incident-words.ts'

/** A moment marked on a chart. Epoch ms. */
export interface ChartMark {
  readonly atMs: number
  readonly label: string
  /** What the mark stands for. */
  readonly tone: 'change' | 'onset' | 'seen' | 'aside'
  /** Of the change that it marks. */
  readonly changeId?: string
}

const MARKED_SUSPECT = 0.1
const MARKS_MAX = 7

/** What was normal, as shares of requests (0–1): the usual one, and up to where chance takes it. */
export interface Normal {
  readonly rate: number
  readonly upTo: number
}

/**
 * What was normal for the requests of this chart: their share before the onset (the incident's own baseline where the
 * chart shows none), and up to where chance takes it: two standard deviations of a share counted over the median step.
 */
export function findNormal(incident: Incident, { total, fromMs, stepMs }: IncidentChart): Normal {
  const { baselineRate, startedAtMs } = incident
  const before = total.points.filter((_, step) => fromMs + (step + 1) * stepMs <= startedAtMs)
  const rate = errorShare(sumPoints(before)) ?? normalShare(incident) ?? baselineRate
  const requests = total.points.map((point) => point.requests).filter((each) => each > 0)
  const median = requests.toSorted((a, b) => a - b)[Math.floor(requests.length / 2)] ?? 1
  return { rate, upTo: Math.min(1, rate + 2 * Math.sqrt((rate * (1 - rate)) / median)) }
}

/** What is worth a mark: the likely suspects and the service's other changes, the first errors, and when they were seen. */
export function chooseMarks(incident: Incident, changes: readonly Change[]): ChartMark[] {
  const likely = new Set(
    incident.suspects.filter(({ probability }) => probability >= MARKED_SUSPECT).map(({ changeId }) => changeId),
  )
  const ofService = changes.filter(({ id, service }) => likely.has(id) || service === incident.service)
  const marks = ofService.slice(0, MARKS_MAX).map(
    (change): ChartMark => ({
      atMs: change.startedAtMs,
      changeId: change.id,
      label: changeName(change, incident.service),
      tone: likely.has(change.id) || change.kind === 'rollback' ? 'change' : 'aside',
    }),
  )
  const seen: ChartMark = { atMs: incident.detectedAtMs, label: 'seen', tone: 'seen' }
  if (incident.alreadyFailing) return [...marks, seen]
  return [...marks, { atMs: incident.startedAtMs, label: onsetWords(incident), tone: 'onset' }, seen]
}
