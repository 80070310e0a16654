import type { DetectableRise, ReplaySummary } from '../replay-result.ts'
import { shorten } from './text-layout.ts'
import { visibleText } from './visible-text.ts'
import { counted, duration, percent } from './words.ts'

const ROUTE_COLUMNS = 40
const ROUTES_SHOWN = 2

/** What to say when nothing was found. */
export function calmSentence({ requests }: ReplaySummary): string {
  if (requests === 0) return 'No incident, but no request was read either: widen --from and --to.'
  return 'No incident: server errors stayed at their normal all the time.'
}

/** What could have been missed: the least that would be seen where it is worst, and where nothing would be. */
export function couldBeMissed(rises: readonly DetectableRise[]): string[] {
  const seen = rises.flatMap(({ smallestRise, ...rise }) => (smallestRise === null ? [] : [{ ...rise, smallestRise }]))
  const worst = seen.toSorted((a, b) => b.smallestRise - a.smallestRise).slice(0, ROUTES_SHOWN)
  const blind = rises.filter(({ smallestRise }) => smallestRise === null)
  return [
    ...worst.map(
      (rise) =>
        `A rise below ${percent(rise.smallestRise)} on ${placeName(rise)} would need more than ${duration(rise.withinMs)} of this traffic.`,
    ),
    ...blindSentence(blind),
  ]
}

function blindSentence(blind: readonly DetectableRise[]): string[] {
  const [busiest] = blind
  if (busiest === undefined) return []
  const what = blind.length === 1 ? placeName(busiest) : `${counted(blind.length, 'route')} (${placeName(busiest)}, …)`
  const verb = blind.length === 1 ? 'has' : 'have'
  return [`${what} ${verb} too little traffic for anything to be seen within ${duration(busiest.withinMs)}.`]
}

function placeName({ service, route }: DetectableRise): string {
  return shorten(visibleText(route === null ? service : `${service} ${route}`), ROUTE_COLUMNS)
}
