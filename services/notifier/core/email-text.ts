import { shorten } from '../../../shared/faces/text-layout.ts'
import type { IncidentMessage } from './incident-message.ts'
import { toPlainLines } from './message-lines.ts'
import type { Notice } from './notice.ts'

export interface EmailText {
  readonly subject: string
  readonly text: string
}

const SUBJECT_LENGTH = 150

/** As plain text: nothing in it is a link, a picture or a style of its own. */
export function toEmail(message: IncidentMessage, notices: readonly Notice[]): EmailText {
  const news = notices.filter(({ reason }) => reason !== 'opened').map(({ text }) => text)
  return {
    subject: shorten(`[${message.severity}] ${message.headline}`, SUBJECT_LENGTH),
    text: [...news, ...(news.length === 0 ? [] : ['']), ...toPlainLines(message), ''].join('\n'),
  }
}
