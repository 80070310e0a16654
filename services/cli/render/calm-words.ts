import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { counted, duration, percent } from '../../../shared/faces/words.ts'
import type { DetectableRise, ReplaySummary } from '../replay-result.ts'

const ROUTE_COLUMNS = 40
const ROUTES_SHOWN = 2
/** A route where less than this share failing stays unseen is as good as not watched. */
const BLIND_FROM = 0.5

/** What to say when nothing was found. */
export function calmSentence({ requests }: ReplaySummary): string {
  if (requests === 0) return 'No incident, but no request was read either: widen --from and --to.'
  return 'No incident: server errors stayed at their normal all the time.'
}

/** What could have been missed: the least that would be seen where it is worst, and where half of it could fail unseen. */
export function couldBeMissed(rises: readonly DetectableRise[]): string[] {
  const seen = rises.filter((rise) => !isBlind(rise)).toSorted((a, b) => leastSeen(b) - leastSeen(a))
  const worst = seen.slice(0, ROUTES_SHOWN)
  return [
    ...worst.map(
      (rise) =>
        `A rise below ${percent(leastSeen(rise))} on ${placeName(rise)} would need more than ${duration(rise.withinMs)} of this traffic.`,
    ),
    ...blindSentence(rises.filter(isBlind)),
  ]
}

function blindSentence(blind: readonly DetectableRise[]): string[] {
  const [busiest] = blind
  if (busiest === undefined) return []
  const [what, verb] =
    blind.length === 1
      ? [placeName(busiest), 'has']
      : [`${counted(blind.length, 'route')} (${placeName(busiest)}, …)`, 'have']
  return [`${what} ${verb} too little traffic to see half of it failing within ${duration(busiest.withinMs)}.`]
}

function isBlind(rise: DetectableRise): boolean {
  return leastSeen(rise) >= BLIND_FROM
}

function leastSeen({ smallestRise }: DetectableRise): number {
  return smallestRise ?? 1
}

function placeName({ service, route }: DetectableRise): string {
  return shorten(visibleText(route === null ? service : `${service} ${route}`), ROUTE_COLUMNS)
}
