import type { AffectedSeries, Incident } from '../../../../shared/domain/incident.ts'
import { errorShare } from '../../../../shared/faces/incident-chart.ts'
import { placeName, whatFails } from '../../../../shared/faces/incident-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { count, counted, duration, percent } from '../../../../shared/faces/words.ts'

/** Whether it is broken now, as far as anybody knows. */
export function isBroken({ resolvedAtMs }: Pick<Incident, 'resolvedAtMs'>): boolean {
  return resolvedAtMs === null
}

/** `checkout is failing 8.1 % of requests`; `was failing` once it is over. */
export function headline(incident: Incident): string {
  const verb = isBroken(incident) ? 'is' : 'was'
  const what = whatFails(incident)
  return `${visibleText(incident.service)} ${incident.signal !== 'traffic_drop' ? `${verb} ` : ''}${what}`
}

/** `815 errors`, `1 in 12 requests`. */
export function howBad({ errors, observedRate, signal, latency }: Incident): string[] {
  if (signal === 'traffic_drop') return []
  const [share, amount] =
    latency === undefined || signal === 'error_rate'
      ? [observedRate, counted(errors, 'error')]
      : [latency.share, counted(latency.slowRequests, 'slow request')]
  const inHowMany = share > 0 ? Math.round(1 / share) : 0
  return [amount, ...(inHowMany >= 2 ? [`1 in ${count(inHowMany)} requests`] : [])]
}

/** `for 6 min`, `lasted 16 min`. */
export function howLong(incident: Incident, nowMs: number): string {
  const { startedAtMs, resolvedAtMs } = incident
  return resolvedAtMs === null
    ? `for ${duration(nowMs - startedAtMs)}`
    : `lasted ${duration(resolvedAtMs - startedAtMs)}`
}

/** `POST /pay/{id} v42`, with its service where that is another than the incident's. */
export function seriesName(series: AffectedSeries, service: string): string {
  const place = placeName(series)
  if (series.service === service && place !== '') return place
  return [visibleText(series.service), place].filter((part) => part !== '').join(' ')
}

/** `43 %`, of its own requests. */
export function failingShare(series: AffectedSeries): string {
  return percent(errorShare(series) ?? 0)
}
