import { type IncidentMessage, sayOdds, saySpan } from './incident-message.ts'
import { minuteUtc } from './message-lines.ts'

type Json = Readonly<Record<string, unknown>>

const COLOURS: Readonly<Record<IncidentMessage['standing'], string>> = {
  broken: 'attention',
  acknowledged: 'warning',
  over: 'good',
  merged: 'default',
}

/**
 * An adaptive card for a workflow's webhook. Names stand in text runs, which Teams shows literally; its text blocks would read
 * them as Markdown. Source: learn.microsoft.com/adaptive-cards, schema 1.4.
 */
export function toTeamsCard(message: IncidentMessage, news: string): Json {
  const { headline, normal, standing, causes, command, advice, cautions, people } = message
  const isOpen = standing === 'broken' || standing === 'acknowledged'
  const body = [
    line([run(headline, { weight: 'bolder', size: 'large', color: COLOURS[standing] })]),
    line([run(`${normal === null ? '' : `${normal}, `}${saySpan(message, minuteUtc)}`, { isSubtle: true })]),
    line([run(message.facts)]),
    ...(news === '' ? [] : [line([run(news, { italic: true })])]),
    ...(message.outcome === null ? [] : [line([run(message.outcome)])]),
    ...causes.flatMap((cause) => [
      line([run(`${cause.likelihood} `), run(cause.name, { weight: 'bolder' }), run(sayOdds(cause))]),
      ...cause.evidence.map((sentence) => line([run(`• ${sentence}`)])),
    ]),
    ...(isOpen && command !== null ? [line([run(command, { fontType: 'monospace' })])] : []),
    ...(isOpen && advice !== '' ? [line([run(advice)])] : []),
    ...(isOpen ? cautions.map((caution) => line([run(`mind: ${caution}`)])) : []),
    ...[sayList('possible', message.possible), sayList('ruled out', message.cleared), people.join(' · ')]
      .filter((text) => text !== '')
      .map((text) => line([run(text, { isSubtle: true, size: 'small' })])),
  ]
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body,
          actions: message.links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
        },
      },
    ],
  }
}

function line(inlines: readonly Json[]): Json {
  return { type: 'RichTextBlock', inlines }
}

function run(text: string, style: Json = {}): Json {
  return { type: 'TextRun', text, ...style }
}

function sayList(label: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${label}: ${names.join(', ')}`
}
