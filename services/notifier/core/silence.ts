import type { Incident } from '../../../shared/domain/incident.ts'

/** Nothing new is said of what it covers until it ends. Times are epoch milliseconds; null matches whatever. */
export interface Silence {
  readonly id: string
  readonly author: string | null
  readonly note: string | null
  readonly env: string | null
  readonly service: string | null
  readonly incidentId: string | null
  readonly startsAtMs: number
  readonly endsAtMs: number
}

/** The silence that covers an incident now and lasts longest; undefined when it may be spoken of. */
export function findSilence(
  silences: readonly Silence[],
  incident: Pick<Incident, 'id' | 'env' | 'service'>,
  nowMs: number,
): Silence | undefined {
  return silences
    .filter((silence) => silence.startsAtMs <= nowMs && nowMs < silence.endsAtMs && covers(silence, incident))
    .toSorted((a, b) => b.endsAtMs - a.endsAtMs)[0]
}

/** Whether a silence is about an incident, whenever it lasts. */
export function covers(silence: Silence, incident: Pick<Incident, 'id' | 'env' | 'service'>): boolean {
  return (
    matches(silence.incidentId, incident.id) &&
    matches(silence.env, incident.env) &&
    matches(silence.service, incident.service)
  )
}

function matches(wanted: string | null, actual: string): boolean {
  return wanted === null || wanted === actual
}
