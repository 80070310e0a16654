import { type IncidentMessage, sayOdds, saySpan } from './incident-message.ts'

/** The message as plain lines, for those who read text. */
export function toPlainLines(message: IncidentMessage): string[] {
  const { headline, normal, causes, command, advice, cautions, standing } = message
  const isOpen = standing === 'broken' || standing === 'acknowledged'
  return [
    `${headline}${normal === null ? '' : ` (${normal})`} ${saySpan(message, minuteUtc)}`,
    message.facts,
    ...labelled('also hit: ', message.alsoHit.join(', ')),
    ...labelled('', message.outcome ?? ''),
    ...causes.flatMap((cause) => [
      `${cause.likelihood} ${cause.name}${sayOdds(cause)}`,
      ...cause.evidence.map((sentence) => `  - ${sentence}`),
      ...labelled('  ', cause.url ?? ''),
    ]),
    ...(isOpen ? [...labelled('do this: ', command ?? ''), ...labelled('', advice)] : []),
    ...(isOpen ? cautions.map((caution) => `mind: ${caution}`) : []),
    ...labelled('possible: ', message.possible.join(', ')),
    ...labelled('ruled out: ', message.cleared.join(', ')),
    ...message.people,
    ...message.links.map(({ label, url }) => `${label}: ${url}`),
  ]
}

/** `2026-10-02 14:03 UTC`. */
export function minuteUtc(atMs: number): string {
  const text = new Date(atMs).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`
}

function labelled(label: string, text: string): string[] {
  return text === '' ? [] : [`${label}${text}`]
}
