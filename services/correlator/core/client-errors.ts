import type { Change } from '../../../shared/domain/change.ts'
import { type EnvAliases, normalizeEnv } from '../../../shared/domain/env-aliases.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { CLOCK_SKEW_MS } from './candidates.ts'
import { baselineRate, excessOf } from './excess.ts'
import { type SpikeGroup, toGroup } from './group.ts'
import { groupBy } from './group-by.ts'
import { type IncidentCase, routeKey } from './incident-case.ts'
import { onsetSpan, spikeEndMs } from './onset.ts'
import { OPEN_TOGETHER_MS } from './ties.ts'

/** Client errors that begin with a change begin so soon after it took effect. */
const WITH_CHANGE_MS = 15 * 60_000
/** A route worked when so few of its requests ended like that before… */
const WORKED_SHARE = 0.5
const WORKED_REQUESTS = 20
/** …and most of what was added must be on such routes: what never was there can't have been broken. */
const ON_WORKING_ROUTES = 0.5

/**
 * Client errors that are incidents of their own if they begin with a change: those of one service that open together. What a
 * service that fails anyhow tells its clients is part of that, and left out.
 */
export function groupClientErrors(spikes: readonly Spike[], failing: readonly SpikeGroup[]): SpikeGroup[] {
  const known = failing.flatMap((group) => group.spikes)
  const own = spikes.filter((spike) => !known.some((other) => isPartOf(spike, other)))
  const byService = groupBy(own, ({ env, service }) => `${env}\n${service}`)
  return [...byService.values()].flatMap((ofService) => {
    const groups: Spike[][] = []
    for (const spike of ofService.toSorted((a, b) => a.onsetAtMs - b.onsetAtMs || (a.id < b.id ? -1 : 1))) {
      const newest = groups.at(-1)
      const isTogether = newest?.[0] !== undefined && spike.onsetAtMs - newest[0].onsetAtMs <= OPEN_TOGETHER_MS
      if (isTogether) newest?.push(spike)
      else groups.push([spike])
    }
    return groups.map((members) => toGroup(members[0]?.env ?? '', members))
  })
}

function isPartOf(spike: Spike, other: Spike): boolean {
  if (other.env !== spike.env || other.service !== spike.service || other.detectedAtMs > spike.detectedAtMs)
    return false
  return spike.onsetAtMs <= spikeEndMs(other) + OPEN_TOGETHER_MS
}

/** Whether any change of the environment took effect as they began: without, nothing has to be read. */
export function isNearChange(group: SpikeGroup, changes: readonly Change[], aliases: EnvAliases): boolean {
  const spans = group.spikes.map(onsetSpan)
  const env = normalizeEnv(group.env, aliases)
  return changes.some(
    (change) => normalizeEnv(change.env, aliases) === env && spans.some((span) => isNear(change, span)),
  )
}

function isNear(
  { startedAtMs, finishedAtMs = startedAtMs }: Change,
  { earliestMs, latestMs }: { readonly earliestMs: number; readonly latestMs: number },
): boolean {
  return startedAtMs <= latestMs + CLOCK_SKEW_MS && finishedAtMs >= earliestMs - WITH_CHANGE_MS
}

/** A change that took effect as they began is to blame, and what it broke had worked. */
export function beginsWithChange(incident: IncidentCase, { suspects }: Incident): boolean {
  const span = onsetSpan(incident.spike)
  const isBlamed = suspects.some(
    ({ change, probability }) => probability >= incident.settings.blameAt && isNear(change, span),
  )
  return isBlamed && hitsWorkingRoutes(incident)
}

function hitsWorkingRoutes(incident: IncidentCase): boolean {
  const rate = baselineRate(incident, incident.root)
  const rows = incident.data.totals.filter(({ service }) => service === incident.root)
  const routes = [...groupBy(rows, ({ method, route }) => routeKey(method, route)).values()]
  const judged = routes.map((ofRoute) => {
    const before = ofRoute.reduce((sum, row) => sum + row.requestsBefore, 0)
    const errorsBefore = ofRoute.reduce((sum, row) => sum + row.errorsBefore, 0)
    const worked = before >= WORKED_REQUESTS && errorsBefore < WORKED_SHARE * before
    return { excess: excessOf(ofRoute, rate).excess, worked }
  })
  const whole = judged.reduce((sum, { excess }) => sum + excess, 0)
  const working = judged.reduce((sum, { excess, worked }) => sum + (worked ? excess : 0), 0)
  return whole > 0 && working >= ON_WORKING_ROUTES * whole
}
