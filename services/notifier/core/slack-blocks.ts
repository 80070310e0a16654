import type { ActionsBlock, Button, ContextBlock, KnownBlock, RichTextBlock, RichTextElement } from '@slack/types'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { type IncidentMessage, type MessageCause, sayFirstCause, sayOdds } from './incident-message.ts'

/** What Slack's interfaces take as a message. */
export interface SlackMessage {
  /** For notifications and those who hear the page; marked up, so escaped. */
  readonly text: string
  readonly blocks: KnownBlock[]
}

export interface SlackOptions {
  /** Whether pressing a button reaches us. */
  readonly isInteractive: boolean
  /** The id of an uploaded picture; null for none. */
  readonly chartFileId: string | null
}

/** What a button does; Slack sends it back as `action_id`. */
export const SLACK_ACTIONS = ['acknowledge', 'roll_back', 'mute', 'right_suspect', 'wrong_suspect'] as const
export type SlackAction = (typeof SLACK_ACTIONS)[number]

const DOTS: Readonly<Record<IncidentMessage['standing'], string>> = {
  broken: '🔴',
  acknowledged: '🟠',
  over: '🟢',
  merged: '⚪',
}
const TEXT_LENGTH = 2_900
/** A longer id fits into no button. */
const ID_LENGTH = 200
const QUESTION_LENGTH = 300

/**
 * The message about an incident. What comes from logs and changes stands only where Slack takes text literally (rich text,
 * plain text), so that nothing in it is a mention, a link or a style.
 */
export function toSlackMessage(message: IncidentMessage, options: SlackOptions): SlackMessage {
  const { causes } = message
  const elements = [
    { type: 'rich_text_section' as const, elements: headElements(message) },
    ...causes.flatMap(causeElements),
    ...adviceElements(message),
  ]
  const chart =
    options.chartFileId === null
      ? []
      : [
          {
            type: 'image' as const,
            slack_file: { id: options.chartFileId },
            alt_text: `Error rate of ${message.service}: ${message.headline}`,
          },
        ]
  return {
    text: escapeMarkup(`${DOTS[message.standing]} ${message.headline}${sayFirstCause(message)}`),
    blocks: [
      { type: 'rich_text', elements },
      ...chart,
      ...contextBlocks(message),
      ...actionBlocks(message, options.isInteractive),
    ],
  }
}

/** A line in the thread. */
export function toSlackReply(text: string): SlackMessage {
  return {
    text: escapeMarkup(text),
    blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [literal(text)] }] }],
  }
}

/** Text as Slack's mark-up shows it literally, for the one field that has no literal form. */
export function escapeMarkup(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.length > TEXT_LENGTH ? escaped.slice(0, TEXT_LENGTH).replace(/&\w{0,4}$/, '') : escaped
}

function headElements(message: IncidentMessage): RichTextElement[] {
  const { standing, headline, normal, startedAtMs, endedAtMs, isStartKnown, facts, alsoHit, outcome } = message
  return [
    literal(`${DOTS[standing]} `),
    bold(headline),
    ...(normal === null ? [] : [literal(` (${normal})`)]),
    literal(`${endedAtMs === null ? ' since ' : ', from '}${isStartKnown ? '' : 'before '}`),
    moment(startedAtMs),
    ...(endedAtMs === null ? [] : [literal(' to '), moment(endedAtMs)]),
    literal(`\n${facts}`),
    ...(alsoHit.length === 0 ? [] : [literal(`\nalso hit: ${alsoHit.join(', ')}`)]),
    ...(outcome === null ? [] : [literal(`\n${outcome}`)]),
  ]
}

function causeElements(cause: MessageCause): RichTextBlock['elements'] {
  const title =
    cause.url === null
      ? bold(cause.name)
      : { type: 'link' as const, url: cause.url, text: cause.name, style: { bold: true } }
  const line = {
    type: 'rich_text_section' as const,
    elements: [literal(`\n${cause.likelihood} `), title, ...(sayOdds(cause) === '' ? [] : [literal(sayOdds(cause))])],
  }
  if (cause.evidence.length === 0) return [line]
  const sentences = cause.evidence.map((text) => ({ type: 'rich_text_section' as const, elements: [literal(text)] }))
  return [line, { type: 'rich_text_list', style: 'bullet', elements: sentences }]
}

function adviceElements({ standing, command, advice, cautions }: IncidentMessage): RichTextBlock['elements'] {
  if (standing === 'over' || standing === 'merged') return []
  const words = [advice, ...cautions.map((caution) => `mind: ${caution}`)].filter((text) => text !== '')
  const reason = { type: 'rich_text_section' as const, elements: [literal(words.join('\n'))] }
  if (command === null) return words.length === 0 ? [] : [{ ...reason, elements: [literal(`\n${words.join('\n')}`)] }]
  return [{ type: 'rich_text_preformatted', elements: [literal(command)] }, ...(words.length === 0 ? [] : [reason])]
}

function contextBlocks({ env, severity, standing, cleared, possible, people }: IncidentMessage): ContextBlock[] {
  const ruledOut = cleared.length === 0 ? [] : [`ruled out: ${cleared.join(', ')}`]
  const also = possible.length === 0 ? [] : [`possible: ${possible.join(', ')}`]
  const state = standing === 'over' ? [] : [`${severity} · ${env}`]
  return [...toContext([...state, ...also, ...ruledOut].join(' · ')), ...toContext(people.join(' · '))]
}

function toContext(text: string): ContextBlock[] {
  return text === '' ? [] : [{ type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] }]
}

function actionBlocks(message: IncidentMessage, isInteractive: boolean): ActionsBlock[] {
  const { standing, incidentId, links } = message
  const suspectId = idForButton(message.suspectId)
  const press = (action: SlackAction, text: string, changeId = suspectId): Button => ({
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text, emoji: false },
    value: JSON.stringify({ incident: incidentId, suspect: changeId }),
  })
  const isOpen = standing === 'broken' || standing === 'acknowledged'
  const rollbackId = isOpen ? idForButton(message.rollback?.changeId ?? null) : null
  const pressed = [
    ...(standing === 'broken' ? [{ ...press('acknowledge', 'Acknowledge'), style: 'primary' as const }] : []),
    ...(rollbackId === null || message.rollback === null
      ? []
      : [{ ...press('roll_back', 'Start rollback', rollbackId), ...askFirst(message.rollback.question) }]),
    ...(suspectId === null ? [] : [press('right_suspect', 'Right suspect'), press('wrong_suspect', 'Wrong suspect')]),
    ...(isOpen ? [press('mute', 'Mute 1 h')] : []),
  ]
  const elements: Button[] = [
    ...(isInteractive ? pressed : []),
    ...links.map(({ label, url }, index) => ({
      type: 'button' as const,
      action_id: `open_${index}`,
      text: { type: 'plain_text' as const, text: label, emoji: false },
      url,
    })),
  ]
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

function idForButton(id: string | null): string | null {
  return id === null || id.length > ID_LENGTH ? null : id
}

/** A button that Slack presses only after a dialog. */
function askFirst(question: string): Pick<Button, 'style' | 'confirm'> {
  const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: false })
  return {
    style: 'danger',
    confirm: {
      title: plain('Start the rollback?'),
      text: plain(shorten(question, QUESTION_LENGTH)),
      confirm: plain('Start rollback'),
      deny: plain('Not now'),
      style: 'danger',
    },
  }
}

/** In each reader's own zone. */
function moment(atMs: number): RichTextElement {
  const fallback = `${new Date(atMs).toISOString().slice(11, 16)} UTC`
  return { type: 'date', timestamp: Math.floor(atMs / 1000), format: '{time}', fallback }
}

function literal(text: string): RichTextElement & { type: 'text' } {
  return { type: 'text', text }
}

function bold(text: string): RichTextElement & { type: 'text' } {
  return { type: 'text', text, style: { bold: true } }
}
